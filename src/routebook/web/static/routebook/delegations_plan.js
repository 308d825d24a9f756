// The lines of the plan can be dragged by their grip, with mouse and finger, and moved with the arrow keys. Without this
// script the buttons under “move” do the same.

import { onItsWay } from "./on_its_way.js";

let drag = null;

function showGrips() {
  for (const grip of document.querySelectorAll(".grip[hidden]")) grip.hidden = false;
  for (const button of document.querySelectorAll("[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
showGrips();
document.addEventListener("htmx:afterSettle", () => {
  showGrips();
  if (refocus && document.activeElement === document.body) document.getElementById(refocus)?.focus();
  refocus = "";
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip || event.button !== 0) return;
  const line = grip.closest("li");
  drag = { line, home: line.parentNode, before: line.nextElementSibling };
  grip.setPointerCapture(event.pointerId);
  line.classList.add("moving");
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const other = under?.closest(".planned > li");
  if (other && other !== drag.line) {
    const box = other.getBoundingClientRect();
    other.parentNode.insertBefore(drag.line, event.clientY < box.top + box.height / 2 ? other : other.nextElementSibling);
    return;
  }
  const list = under?.closest(".period")?.querySelector(".planned");
  if (!other && list && list !== drag.line.parentNode) list.append(drag.line);
});

document.addEventListener("pointerup", () => finish(true));
document.addEventListener("pointercancel", () => finish(false));

function finish(wanted) {
  if (!drag) return;
  const { line, home, before } = drag;
  drag = null;
  line.classList.remove("moving");
  const moved = line.parentNode !== home || line.nextElementSibling !== before;
  if (!moved) return catchUp();
  const takeBack = () => home.insertBefore(line, before);
  if (wanted) keep(line, line.parentNode.dataset.period, [...line.parentNode.children].indexOf(line), takeBack);
  else {
    takeBack();
    catchUp();
  }
}

// A finger on a grip moves the line, not the page.
document.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".grip");
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grip || !way) return;
  event.preventDefault();
  const line = grip.closest("li");
  const lists = [...document.querySelectorAll(".planned")];
  const list = line.parentNode;
  const at = [...list.children].indexOf(line) + way;
  if (at >= 0 && at < list.children.length) return move(line, list, at);
  const next = lists[lists.indexOf(list) + way];
  if (next) move(line, next, way > 0 ? 0 : next.children.length);
});

// At once on the page, so that the next key goes on from there.
function move(line, list, at) {
  const [home, before] = [line.parentNode, line.nextElementSibling];
  const others = [...list.children].filter((one) => one !== line);
  list.insertBefore(line, others[at] ?? null);
  line.querySelector(".grip").focus();
  keep(line, list.dataset.period, at, () => home.insertBefore(line, before));
}

// The server answers with the whole plan. One move is sent after the other; while one waits, the answer to the one before
// is not shown, because the page is ahead of it. After a refusal, which the page tells above, the lines go back.
let refocus = "";
let waiting = [];
let sending = null;

function keep(line, period, position, takeBack) {
  refocus = line.querySelector(".grip").id;
  waiting.push({ address: `${line.dataset.address}place/`, values: { to: `${period}:${position}` }, takeBack });
  sending ??= sendAll().finally(() => { sending = null; });
  onItsWay(sending);
}

let undo = [];

async function sendAll() {
  while (waiting.length) {
    const { address, values, takeBack } = waiting.shift();
    undo = [takeBack];
    await window.htmx.ajax("POST", address, { values, target: "#plan", swap: "outerHTML" }).catch(() => {}); // told above
  }
}

// A line in somebody's hand isn't taken from it either; what was not shown for that is asked for once it is let go.
let isBehind = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "plan" || detail.xhr.status >= 400) return;
  isBehind = Boolean(waiting.length || drag);
  if (isBehind) detail.shouldSwap = false;
});

function catchUp() {
  if (isBehind && !sending) window.htmx.ajax("GET", "/plan/", { target: "#plan", select: "#plan", swap: "outerHTML" });
}

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    for (const takeBack of [...undo, ...waiting.map((one) => one.takeBack)].reverse()) takeBack();
    [undo, waiting] = [[], []];
  });
}

// What is ticked stands outside the form of the forecast, so its change has to be passed on.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[name=pick]")) document.getElementById("what-if").requestSubmit();
});
