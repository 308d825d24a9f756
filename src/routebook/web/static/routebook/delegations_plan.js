// The lines of the plan can be dragged by their grip, with mouse and finger, and moved with the arrow keys. Without this
// script the buttons under “move” do the same.

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
  if (refocus) document.getElementById(refocus)?.focus();
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
  if (!moved) return;
  const takeBack = () => home.insertBefore(line, before);
  if (wanted) keep(line, line.parentNode.dataset.period, [...line.parentNode.children].indexOf(line), takeBack);
  else takeBack();
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
  if (at >= 0 && at < list.children.length) return keep(line, list.dataset.period, at);
  const next = lists[lists.indexOf(list) + way];
  if (next) keep(line, next.dataset.period, way > 0 ? 0 : next.children.length);
});

// The server answers with the whole plan. After a refusal, which the page tells above, the line goes back.
let refocus = "";
let undo = null;

function keep(line, period, position, takeBack = null) {
  refocus = line.querySelector(".grip").id;
  undo = takeBack;
  const values = { to: `${period}:${position}` };
  window.htmx.ajax("POST", `${line.dataset.address}place/`, { values, target: "#plan", swap: "outerHTML" });
}

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    undo?.();
    undo = null;
  });
}

// What is ticked stands outside the form of the forecast, so its change has to be passed on.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("input[name=pick]")) document.getElementById("what-if").requestSubmit();
});
