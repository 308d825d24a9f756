// Beside the form, where there is room: the text as its reader will have it on a phone, after each save.

const form = document.getElementById("document");
const place = document.getElementById("live-preview");
const isWide = matchMedia("(min-width: 60.01rem)");
const NAMES = ["id", "for", "name", "aria-labelledby", "aria-describedby", "form"];
let isLooking = false;
let isOld = true;

form.addEventListener("kept", () => { isOld = true; show(); });
isWide.addEventListener("change", show);
show();

// One look at a time; what is saved meanwhile is looked at next.
async function show() {
  if (isLooking || !isWide.matches) return;
  isLooking = true;
  while (isOld) {
    isOld = false;
    const phone = await look();
    if (!phone) break;
    place.querySelector("[data-phone]").replaceChildren(phone);
    place.hidden = false;
  }
  isLooking = false;
}

// The phone of the preview's own page, as a picture: its fields and names are not those of the form.
async function look() {
  try {
    const response = await fetch(place.dataset.address, { redirect: "error" });
    if (!response.ok) return null;
    const phone = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".phone");
    for (const element of phone.querySelectorAll("*")) {
      for (const name of NAMES) element.removeAttribute(name);
      element.removeAttribute("autoplay");
    }
    return phone;
  } catch {
    return null; // it comes with the next save
  }
}
