// A picture is made fit to be seen before it is sent: areas blurred, numbers and arrows on top, all in one flat picture.
// The file that was pasted, dropped or chosen is only read into memory here; it never leaves the device.

import { RADIUS, blur, drawArrow, drawNumber, unit } from "./pixels.js";

const LONGEST = 1600; // pixels: enough to read a screenshot, small enough for a phone
const SMALLEST = 12;
const QUALITY = 0.9;

const dialog = document.getElementById("picture-editor");
const canvas = dialog.querySelector("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });
const layer = dialog.querySelector(".marks");
const stage = dialog.querySelector(".stage");
const field = dialog.querySelector("#picture-text");
const error = dialog.querySelector("#picture-error");
const status = dialog.querySelector("[role=status]");
const progress = dialog.querySelector("progress");
const put = dialog.querySelector("[data-put]");
const words = dialog.dataset;

let bitmap = null;
let marks = []; // {kind, x, y, w, h} in pixels of the canvas; an arrow's w and h lead from its tail to its tip
let tool = "blur";
let current = null;
let sending = null;
let deliver = null;

// Show the editor with this file. `send(blob, text, onProgress, signal)` is called with the finished picture and resolves
// once it is kept; its error's message is shown.
export async function prepare(file, send) {
  try {
    // No address is made of the file: the policy of the page forbids blob: addresses, and none is needed.
    bitmap = await createImageBitmap(file);
  } catch {
    return words.unreadable;
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  marks = [];
  current = null;
  deliver = send;
  field.value = "";
  complain("");
  status.textContent = "";
  layer.replaceChildren();
  choose("blur");
  draw();
  dialog.showModal();
  return "";
}

// --- what is on it ------------------------------------------------------------------------------

function draw() {
  context.fillStyle = "#ffffff"; // what is see-through would be black on some readers' screens
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  for (const mark of marks) if (mark.kind === "blur") blur(context, mark);
  let number = 0;
  for (const mark of marks) {
    if (mark.kind === "number") drawNumber(context, mark, ++number);
    if (mark.kind === "arrow") drawArrow(context, mark);
  }
  place();
}

// Each mark has an element above the canvas that can be focused, dragged and read out.
function place() {
  let number = 0;
  marks.forEach((mark, at) => {
    const element = layer.children[at] || layer.appendChild(handle());
    const box = boxOf(mark);
    element.dataset.kind = mark.kind;
    element.style.left = `${(box.x / canvas.width) * 100}%`;
    element.style.top = `${(box.y / canvas.height) * 100}%`;
    element.style.width = `${(box.w / canvas.width) * 100}%`;
    element.style.height = `${(box.h / canvas.height) * 100}%`;
    element.setAttribute("aria-label", described(mark, mark.kind === "number" ? ++number : 0));
    const grip = element.firstElementChild;
    grip.hidden = mark.kind === "number";
    grip.style.left = `${mark.kind === "arrow" && mark.w < 0 ? 0 : 100}%`;
    grip.style.top = `${mark.kind === "arrow" && mark.h < 0 ? 0 : 100}%`;
  });
  while (layer.children.length > marks.length) layer.lastElementChild.remove();
  dialog.querySelector("[data-remove]").disabled = !current;
}

function handle() {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "handle";
  element.setAttribute("aria-describedby", "mark-help");
  element.append(Object.assign(document.createElement("span"), { className: "grip" }));
  return element;
}

function boxOf(mark) {
  if (mark.kind === "number") {
    const size = RADIUS * unit(canvas);
    return { x: mark.x - size, y: mark.y - size, w: 2 * size, h: 2 * size };
  }
  return { x: Math.min(mark.x, mark.x + mark.w), y: Math.min(mark.y, mark.y + mark.h), w: Math.abs(mark.w), h: Math.abs(mark.h) };
}

function described(mark, number) {
  const box = boxOf(mark);
  const share = (value, of) => Math.round((value / of) * 100);
  const what = mark.kind === "blur" ? words.blurred : mark.kind === "arrow" ? words.arrow : `${words.numbered} ${number}`;
  const where = mark.kind === "number" ? mark : box;
  const at = words.at.replace("{x}", share(where.x, canvas.width)).replace("{y}", share(where.y, canvas.height));
  const size = words.size.replace("{w}", share(box.w, canvas.width)).replace("{h}", share(box.h, canvas.height));
  return mark.kind === "number" ? `${what}: ${at}` : `${what}: ${at}, ${size}`;
}

function add(mark) {
  marks.push(mark);
  current = mark;
  draw();
  return mark;
}

function remove(mark) {
  const at = marks.indexOf(mark);
  if (at < 0) return;
  marks.splice(at, 1);
  current = marks[at] || marks[at - 1] || null;
  draw();
  (layer.children[marks.indexOf(current)] || dialog.querySelector("[data-add]")).focus();
}

function keepInside(mark) {
  const fit = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most));
  if (mark.kind === "blur") {
    mark.w = fit(mark.w, SMALLEST, canvas.width);
    mark.h = fit(mark.h, SMALLEST, canvas.height);
    mark.x = fit(mark.x, 0, canvas.width - mark.w);
    mark.y = fit(mark.y, 0, canvas.height - mark.h);
    return;
  }
  mark.x = fit(mark.x, 0, canvas.width);
  mark.y = fit(mark.y, 0, canvas.height);
  if (mark.kind !== "arrow") return;
  mark.w = fit(mark.x + mark.w, 0, canvas.width) - mark.x;
  mark.h = fit(mark.y + mark.h, 0, canvas.height) - mark.y;
}

function choose(name) {
  tool = name;
  for (const button of dialog.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
}

// --- by the keys --------------------------------------------------------------------------------

function addInTheMiddle() {
  const { width, height } = canvas;
  if (tool === "number") add({ kind: tool, x: width / 2, y: height / 2, w: 0, h: 0 });
  else if (tool === "arrow") add({ kind: tool, x: width * 0.4, y: height * 0.4, w: width * 0.1, h: height * 0.1 });
  else add({ kind: tool, x: width * 0.35, y: height * 0.42, w: width * 0.3, h: height * 0.16 });
  layer.lastElementChild.focus();
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

layer.addEventListener("keydown", (event) => {
  const mark = marks[[...layer.children].indexOf(event.target)];
  if (!mark) return;
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    remove(mark);
  }
  const way = WAYS[event.key];
  if (!way) return;
  event.preventDefault();
  const step = Math.max(canvas.width, canvas.height) / 100;
  const [across, down] = event.shiftKey && mark.kind !== "number" ? ["w", "h"] : ["x", "y"];
  mark[across] += way[0] * step;
  mark[down] += way[1] * step;
  keepInside(mark);
  draw();
});

layer.addEventListener("focusin", (event) => {
  current = marks[[...layer.children].indexOf(event.target)] || current;
  dialog.querySelector("[data-remove]").disabled = !current;
});

// --- by hand ------------------------------------------------------------------------------------

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.left) / box.width) * canvas.width, y: ((event.clientY - box.top) / box.height) * canvas.height };
}

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  const start = pointOf(event);
  const element = event.target.closest(".handle");
  const known = element && marks[[...layer.children].indexOf(element)];
  const resizes = known && event.target.matches(".grip");
  const mark = known || add({ kind: tool, ...start, w: 0, h: 0 });
  const before = { ...mark };
  current = mark;
  stage.setPointerCapture(event.pointerId);

  function move(event) {
    const now = pointOf(event);
    const by = { x: now.x - start.x, y: now.y - start.y };
    if (known && !resizes) Object.assign(mark, { x: before.x + by.x, y: before.y + by.y });
    else if (mark.kind === "arrow" || resizes) Object.assign(mark, { w: before.w + by.x, h: before.h + by.y });
    else if (mark.kind === "blur") Object.assign(mark, { x: Math.min(start.x, now.x), y: Math.min(start.y, now.y), w: Math.abs(by.x), h: Math.abs(by.y) });
    else Object.assign(mark, now);
    keepInside(mark);
    draw();
  }

  function end() {
    stage.removeEventListener("pointermove", move);
    stage.removeEventListener("pointerup", end);
    stage.removeEventListener("pointercancel", end);
    // A tap without a drag is a mark only where a point is enough.
    if (!known && mark.kind !== "number" && Math.hypot(mark.w, mark.h) < SMALLEST * 2) return remove(mark);
    keepInside(mark);
    draw();
    layer.children[marks.indexOf(mark)]?.focus();
  }

  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
});

// --- sending ------------------------------------------------------------------------------------

function complain(sentence) {
  error.textContent = sentence;
  if (sentence) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
}

// What is on the canvas and nothing else. A browser that can't write WebP writes PNG, and says so.
function flattened() {
  draw();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
}

async function finish() {
  const text = field.value.replace(/[\[\]\s]+/g, " ").trim();
  complain(text ? "" : words.textMissing);
  if (!text) return field.focus();
  sending = new AbortController();
  put.disabled = true;
  progress.hidden = false;
  status.textContent = words.sending;
  try {
    await deliver(await flattened(), text, (share) => { progress.value = share; }, sending.signal);
    dialog.close();
  } catch (failure) {
    status.textContent = "";
    if (!sending.signal.aborted) error.textContent = failure.message || words.notSent;
  } finally {
    put.disabled = false;
    progress.hidden = true;
    sending = null;
  }
}

dialog.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.tool) choose(button.dataset.tool);
  if (button.matches("[data-add]")) addInTheMiddle();
  if (button.matches("[data-remove]") && current) remove(current);
  if (button.matches("[data-put]")) finish();
  if (button.matches("[data-cancel]")) dialog.close();
});
dialog.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); if (!sending) finish(); });
dialog.addEventListener("close", () => {
  sending?.abort();
  bitmap?.close();
  bitmap = null;
  canvas.width = canvas.height = 1;
});
