// Steps dragged by mouse or finger. The list closes up while one is on its way, so that a phone shows several.
// Whoever can't drag moves a step by Alt and an arrow key, or by the arrows beside it.

import { list, rows } from "./process_rows.js";

const FAR_ENOUGH = 5; // px before a press becomes a drag
const EDGE = 56; // px from the edge of what is seen at which the page moves on
const PACE = 12; // px a frame

// `moved(before, row)` is told when a row was let go elsewhere, with the rows in the order that they had.
export function makeSortable(editor, moved) {
  let drag = null;

  editor.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".mapstep > .stop, .mapstep > .grip");
    if (!handle || event.button !== 0 || drag) return;
    event.preventDefault();
    const row = handle.parentElement;
    drag = { row, handle, from: event.clientY, y: event.clientY, before: rows(), isOn: false, id: event.pointerId };
    handle.setPointerCapture(event.pointerId);
  });

  editor.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.id) return;
    drag.y = event.clientY;
    if (!drag.isOn && Math.abs(drag.y - drag.from) >= FAR_ENOUGH) begin();
  });

  editor.addEventListener("pointerup", (event) => event.pointerId === drag?.id && end(false));
  editor.addEventListener("pointercancel", (event) => event.pointerId === drag?.id && end(true));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    event.preventDefault();
    end(true);
  });

  function begin() {
    drag.isOn = true;
    const { top } = drag.row.getBoundingClientRect();
    list().classList.add("sorting");
    drag.row.classList.add("dragged");
    scrollBy(0, drag.row.getBoundingClientRect().top - top);
    requestAnimationFrame(step);
  }

  function step() {
    if (!drag?.isOn) return;
    place(drag.row, drag.y);
    const top = Math.max(0, list().getBoundingClientRect().top > 0 ? 0 : seenFrom());
    if (drag.y < top + EDGE) scrollBy(0, -PACE);
    else if (drag.y > innerHeight - EDGE) scrollBy(0, PACE);
    requestAnimationFrame(step);
  }

  function place(row, y) {
    const next = rows().find((other) => other !== row && y < middle(other));
    if (next) {
      if (row.nextElementSibling !== next) next.before(row);
    } else if (row.nextElementSibling) list().append(row);
  }

  function end(isOff) {
    const { row, handle, before, isOn, id } = drag;
    drag = null;
    if (handle.hasPointerCapture(id)) handle.releasePointerCapture(id);
    if (!isOn) return;
    if (isOff) list().append(...before);
    const { top } = row.getBoundingClientRect();
    list().classList.remove("sorting");
    row.classList.remove("dragged");
    scrollBy(0, row.getBoundingClientRect().top - top);
    if (before.some((one, at) => one !== rows()[at])) moved(before, row);
  }
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

// How far down the drawing covers the list.
function seenFrom() {
  const map = document.getElementById("live-map");
  return getComputedStyle(map).position === "sticky" ? map.getBoundingClientRect().bottom : 0;
}
