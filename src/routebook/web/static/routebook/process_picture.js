// The drawing beside the list: it stays where it was scrolled to, keeps the step with the cursor in view, and what has to
// move is seen moving.

const GLIDE = { duration: 180, easing: "ease-out" };
const EDGE = 20; // px that a step in view stays away from the edge
const still = matchMedia("(prefers-reduced-motion: reduce)");
let shown = -1; // the step that had the cursor in the last drawing
let restsAt = 0; // when the last box that glides has come to rest

const place = () => document.getElementById("live-map");
const scroller = () => place().querySelector(".scroll");
const boxesIn = (drawn) => [...drawn.querySelectorAll("[data-step]")];
const shapeOf = (box) => box.querySelector(".box");

// The band in which each step stands: the next drawing keeps them as far as it can.
export function bands() {
  return JSON.stringify(Object.fromEntries(boxesIn(place()).map((box) => [box.dataset.step, Number(box.dataset.band)])));
}

// Puts the next drawing in place of the last one. `at` is the step with the cursor, by its number in the drawing from 0.
export function takeDrawing(drawn, at) {
  const hasMoved = differ(spots(place()), spots(drawn));
  const isGliding = performance.now() < restsAt;
  const before = hasMoved || isGliding ? areas() : new Map();
  keepScrolled(() => place().replaceChildren(...drawn.childNodes));
  if (hasMoved || at !== shown) showStep(at);
  if (before.size && !still.matches) glide(before);
}

// The size of a drawing and where each step stands, as it is written: read without laying out the page.
function spots(drawn) {
  const found = boxesIn(drawn).map((box) => [box.dataset.step, `${shapeOf(box).getAttribute("x")} ${shapeOf(box).getAttribute("y")}`]);
  return new Map([["", drawn.querySelector("svg")?.getAttribute("viewBox")], ...found]);
}

// Whether anything that is in both has another place.
function differ(before, after) {
  return [...before].some(([step, spot]) => after.has(step) && after.get(step) !== spot);
}

export function keepScrolled(replace) {
  const { scrollLeft, scrollTop } = scroller();
  replace();
  if (scrollLeft || scrollTop) scroller().scrollTo(scrollLeft, scrollTop);
}

// Scrolls the drawing, and never the page, until a step can be seen.
export function showStep(at) {
  shown = at;
  const box = boxesIn(place())[at];
  if (!box) return;
  const [area, its] = [scroller().getBoundingClientRect(), shapeOf(box).getBoundingClientRect()];
  scroller().scrollBy(
    beyond(its.left, its.right, area.left, area.left + scroller().clientWidth),
    beyond(its.top, its.bottom, area.top, area.top + scroller().clientHeight),
  );
}

function beyond(low, high, from, to) {
  return Math.min(0, low - EDGE - from) || Math.max(0, high + EDGE - to);
}

function areas() {
  return new Map(boxesIn(place()).map((box) => [box.dataset.step, shapeOf(box).getBoundingClientRect()]));
}

// Boxes glide from where they were; one that was just gliding goes on from there.
function glide(before) {
  const after = areas();
  const svg = place().querySelector("svg");
  const zoom = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
  for (const box of boxesIn(place())) {
    const [was, is] = [before.get(box.dataset.step), after.get(box.dataset.step)];
    if (!was || !is.width || !zoom) continue;
    const [x, y] = [(was.left - is.left) / zoom, (was.top - is.top) / zoom];
    if (Math.abs(x) + Math.abs(y) < 1) continue;
    const transformOrigin = `${shapeOf(box).getAttribute("x")}px ${shapeOf(box).getAttribute("y")}px`;
    const transform = `translate(${x}px, ${y}px) scale(${was.width / is.width})`;
    box.animate([{ transform, transformOrigin }, { transform: "none", transformOrigin }], GLIDE);
    restsAt = performance.now() + GLIDE.duration;
  }
}
