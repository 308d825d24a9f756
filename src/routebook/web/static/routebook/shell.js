// What every page needs beyond HTML: menus that close, errors that show, and no lost typing.

import "./on_its_way.js";
import "./typed_meanwhile.js";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On a narrow screen the six words scroll; the current one is always in sight.
const current = document.querySelector(".six [aria-current]");
if (current) {
  const words = current.closest(".six");
  const { left, width } = current.getBoundingClientRect();
  words.scrollLeft += left + width / 2 - (words.getBoundingClientRect().left + words.clientWidth / 2);
}

// A page that was sent back with errors puts the cursor where the first one is.
document.querySelector("[aria-invalid=true]")?.focus();

// A refusal answers an htmx request with a fragment for the notices; show it instead of dropping it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline));

function say(text) {
  const notices = document.getElementById("notices");
  const notice = document.createElement("div");
  notice.className = "notice wrong";
  notice.setAttribute("role", "alert");
  notice.textContent = text || "The server can't be reached. What you typed is still here; try again.";
  notices.replaceChildren(notice);
}

// A link that is shown once is easiest to take when it is already selected.
for (const field of document.querySelectorAll("[data-select-all]")) {
  field.addEventListener("focus", () => field.select());
}

// Who sets up most often sits in the time zone of the business.
const zone = document.querySelector("select[data-own-time-zone]");
if (zone && !zone.querySelector("option[selected]")) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const mine = [...zone.options].find((option) => [option.value, ...(option.dataset.once ?? "").split(" ")].includes(own));
  if (mine) zone.value = mine.value;
}
