// The dots of the matrix can be moved with mouse, finger and arrow keys. Moving one chooses value and energy in the
// form beside it, which saves itself, or where the steps of all maps stand together says so in a form of its own.
// In the quick table the arrow keys go from field to field. Without this script the forms do the same.

import { onItsWay } from "./on_its_way.js";

const VALUES = [5, 4, 3, 2, 1];
const ENERGIES = [-2, -1, 0, 1, 2];
const MEANT = 4; // px that tell a drag from a click

let drag = null;

const matrix = () => document.querySelector("svg.matrix");
const field = (name, dot) => document.getElementById("scores")?.elements[`${name}-${dot.dataset.step}`];

document.addEventListener("pointerdown", (event) => {
  const dot = event.target.closest?.(".matrix .dot");
  if (!dot || event.button !== 0) return;
  drag = { dot, x: event.clientX, y: event.clientY, home: dot.getAttribute("transform"), meant: false, cell: null };
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.meant && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < MEANT) return;
  if (!drag.meant) begin(event.pointerId);
  const point = inPicture(event);
  drag.dot.setAttribute("transform", `translate(${point.x} ${point.y})`);
  drag.cell = cellAt(point);
  mark(drag.cell);
});

function begin(pointer) {
  drag.meant = true;
  drag.dot.classList.add("moving");
  drag.dot.setPointerCapture(pointer);
  drag.dot.parentNode.append(drag.dot); // above the others
}

document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));

function end(wanted) {
  const done = drag;
  drag = null;
  mark(null);
  if (!done?.meant) return;
  done.dot.classList.remove("moving");
  // The click that follows a drag must not follow the link.
  done.dot.addEventListener("click", (event) => event.preventDefault(), { once: true });
  if (wanted && done.cell) choose(done.dot, done.cell.energy, done.cell.value);
  else done.dot.setAttribute("transform", done.home);
}

// A finger on a dot moves the dot, not the page; browsers heed `touch-action` inside a picture only in part.
document.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });

// A link can be dragged out of the page by itself; here it is the dot that moves.
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".matrix .dot")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const dot = event.target.closest?.(".matrix .dot");
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!dot || !step) return;
  event.preventDefault();
  const { value, energy } = placeOf(dot);
  // The first key places a step that waits in the tray in the middle.
  if (value === "" || energy === "") choose(dot, 0, 3);
  else choose(dot, within(Number(energy) + step[0], -2, 2), within(Number(value) + step[1], 1, 5));
});

const within = (number, least, most) => Math.min(most, Math.max(least, number));

function placeOf(dot) {
  const fields = field("value", dot);
  const spelt = (text) => text.trim().replace("−", "-");
  if (fields) return { value: spelt(fields.value), energy: spelt(field("energy", dot).value) };
  return { value: dot.dataset.value ?? "", energy: dot.dataset.energy ?? "" };
}

function choose(dot, energy, value) {
  const corner = cornerOf(energy, value);
  const { width, height } = sizes();
  dot.setAttribute("transform", `translate(${corner.x + width / 2} ${corner.y + height / 2})`);
  const said = document.getElementById("said");
  said.textContent = said.dataset.words.replace("VALUE", value).replace("ENERGY", energy);
  const fields = field("value", dot);
  if (!fields) return place(dot, energy, value);
  fields.value = String(value);
  field("energy", dot).value = String(energy);
  fields.dispatchEvent(new Event("change", { bubbles: true }));
}

// Several keys in a row say one place, the last; the picture follows when it is kept. One place is sent after the other;
// while one waits, the answer to the one before is not shown, because the picture is ahead of it.
const waiting = new Map();
let sending = null;

function place(dot, energy, value) {
  const { step } = dot.dataset;
  Object.assign(dot.dataset, { value, energy });
  const before = waiting.get(step);
  const quiet = new Promise((over) => setTimeout(over, 250));
  waiting.set(step, { values: { step, value, energy }, quiet });
  if (before) return;
  sending ??= sendAll().finally(() => { sending = null; });
  onItsWay(sending);
}

async function sendAll() {
  while (waiting.size) {
    const [step, { values, quiet }] = [...waiting][0];
    await quiet;
    if (waiting.get(step).values !== values) continue; // another key since
    waiting.delete(step);
    const address = document.querySelector("[data-places]").dataset.places;
    await window.htmx.ajax("POST", address, { values, target: "#steps", swap: "outerHTML" }).catch(() => {}); // told above
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "steps" && waiting.size && event.detail.xhr.status < 400) event.detail.shouldSwap = false;
});

// The quick table: up and down a row, left and right a field. The texts are a few digits, so no cursor moves in them.
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.(".quick input");
  const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!input || !way || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cell = input.closest("td");
  if (!cell) return;
  const rows = [...cell.closest("tbody").rows];
  const row = rows[rows.indexOf(cell.parentNode) + way[0]];
  const next = row?.cells[cell.cellIndex + way[1]]?.querySelector(":scope > input, :scope > label input");
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (next.type === "text") next.select();
});

function sizes() {
  const { left, top, width, height, gap } = matrix().dataset;
  return { left: Number(left), top: Number(top), width: Number(width), height: Number(height), gap: Number(gap) };
}

function cornerOf(energy, value) {
  const { left, top, width, height, gap } = sizes();
  return {
    x: left + ENERGIES.indexOf(energy) * width + (energy >= 0 ? gap : 0),
    y: top + VALUES.indexOf(value) * height + (value < 4 ? gap : 0),
  };
}

function inPicture(event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix().getScreenCTM().inverse());
}

function cellAt(point) {
  const { width, height } = sizes();
  for (const energy of ENERGIES) {
    for (const value of VALUES) {
      const corner = cornerOf(energy, value);
      const inside = point.x >= corner.x && point.x < corner.x + width && point.y >= corner.y && point.y < corner.y + height;
      if (inside) return { energy, value };
    }
  }
  return null;
}

// The cell in which the dot would come to lie.
function mark(cell) {
  document.querySelector(".matrix .target")?.remove();
  if (!cell) return;
  const { width, height } = sizes();
  const corner = cornerOf(cell.energy, cell.value);
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: corner.x + 2, y: corner.y + 2, width: width - 4, height: height - 4, rx: 6 })) {
    rect.setAttribute(name, value);
  }
  rect.classList.add("target");
  matrix().append(rect);
}

// The button that prints works only with this script; a browser prints the page without it, too.
function offerPrinting() {
  for (const button of document.querySelectorAll("[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
offerPrinting();
document.addEventListener("htmx:afterSettle", offerPrinting);
