// A mixed document beside its parts: passages are ticked by the section and by the stretch, and nothing jumps when one
// was moved. Without this file each passage is ticked by itself.

let last = null;
let kept = null;

const boxes = () => [...document.querySelectorAll(".pickable [name=p]")];
const counter = () => document.querySelector(".mover .ticked");

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".pickable [name=p]");
  if (!box) return;
  const all = boxes();
  const at = all.indexOf(box);
  if (event.shiftKey && last !== null && last < all.length) {
    for (const one of all.slice(Math.min(at, last), Math.max(at, last) + 1)) one.checked = box.checked;
  } else if (box.dataset.level) {
    for (const one of section(all, at)) one.checked = box.checked;
  }
  last = at;
  mirror(all);
  count();
});

// A heading and everything below it, up to the next one that is as high.
function section(all, at) {
  const level = Number(all[at].dataset.level);
  const end = all.findIndex((box, n) => n > at && box.dataset.level && Number(box.dataset.level) <= level);
  return all.slice(at, end < 0 ? all.length : end);
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.(".left [name=p]")) return;
  const twin = document.getElementById(`p-${event.target.value}`);
  if (twin) twin.checked = event.target.checked;
  count();
});

function mirror(all) {
  for (const box of all) {
    const twin = document.getElementById(`l-${box.value}`);
    if (twin) twin.checked = box.checked;
  }
}

function count() {
  const line = counter();
  if (!line) return;
  const ticked = new Set([...document.querySelectorAll("[name=p]:checked")].map((box) => box.value)).size;
  const { none, one, many } = line.dataset;
  line.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("%1", ticked);
}

document.addEventListener("htmx:beforeSwap", () => {
  kept = { original: document.querySelector(".original")?.scrollTop ?? 0, page: window.scrollY };
});

document.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  document.querySelector(".original").scrollTop = kept.original;
  window.scrollTo({ top: kept.page, behavior: "instant" });
  document.getElementById("to").value = "";
  kept = null;
  last = null;
  count();
});

// “12 passages of the original” shows them in the list beside, which scrolls by itself.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#p-']");
  const box = link && document.querySelector(`.pickable ${link.getAttribute("href")}`);
  if (!box) return;
  event.preventDefault();
  box.closest(".passage").scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
});

count();
