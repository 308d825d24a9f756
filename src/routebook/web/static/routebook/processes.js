// The map editor: rows move at once, what is typed is drawn at once and saved in the background.
// Without this script every button still works; it only spares the reloads.

import { beforeLeaving } from "./on_its_way.js";
import { canRedo, canUndo, goOn, keep, redo, undo } from "./process_history.js";
import { isMany, isWanted, read } from "./process_paste.js";
import { bands, keepScrolled, showStep, takeDrawing } from "./process_picture.js";
import { MOST_STEPS, form, idOf, isEmpty, keyOf, list, newRow, partOf, renumber, rows, titleOf, titledRows } from "./process_rows.js";
import { makeSortable } from "./process_sort.js";
import { askAboutUnsent, forgetUnsent, keepUnsent } from "./unsent.js";

const PAUSE = 80; // ms of quiet before what was typed is sent
const BETWEEN = 600; // ms at least from one sending to the next, while somebody goes on typing
const RETRY = 5000; // ms until the server is asked again when it could not be reached
const MOST_KEPT_ALIVE = 60_000; // bytes that a browser still sends for a tab that is closed
const THOUGHT = 1000; // ms of quiet that end one undoable piece of typing
const editor = document.getElementById("editor");
const says = editor.dataset;
let timer = 0;
let sentAt = -BETWEEN; // when something was last sent
let thought = 0;
let typing = null; // the field that is being typed in
let sending = null;
let isDirty = false; // something on the page is not with the server yet
let isDrawn = true; // the drawing shows what stands in the form
let isDrawing = false;

// The findings stand below the drawing, however high it is, and the buttons below the head of the page.
const head = document.querySelector(".top");
const sized = new ResizeObserver(() => {
  editor.style.setProperty("--map", `${document.getElementById("live-map").offsetHeight}px`);
  editor.style.setProperty("--head", `${head.offsetHeight}px`);
});
sized.observe(document.getElementById("live-map"));
sized.observe(head);
editor.classList.add("scripted");
showHistory();
askAboutUnsent(form());

// --- typing -----------------------------------------------------------------------------------------

editor.addEventListener("input", (event) => {
  if (event.target.name === "pasted") return;
  if (typing && typing !== event.target) settle();
  typing = event.target;
  clearTimeout(thought);
  thought = setTimeout(settle, THOUGHT);
  changed();
});
editor.addEventListener("focusout", settle);
editor.addEventListener("focusin", () => showStep(current()));

// One piece of typing is over: from here on it is undone as a whole.
function settle() {
  clearTimeout(thought);
  if (!typing) return;
  typing = null;
  keep();
  showHistory();
}

function changed() {
  isDirty = true;
  isDrawn = false;
  status(says.unsent);
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(PAUSE, sentAt + BETWEEN - performance.now()));
  sketch();
}

editor.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.op) {
    event.preventDefault();
    operate(button.dataset.op, button.closest(".mapstep"));
  } else if (button?.dataset.history) {
    turn(button.dataset.history === "undo" ? undo : redo, false);
  } else if (button?.name === "op" && button.value === "paste") {
    event.preventDefault();
    pasteAll(form().elements.pasted);
  } else if (button?.name === "settle") {
    event.preventDefault();
    save({ settle: button.value });
  }
});

editor.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  save();
});

// Nobody leaves for the next page before the last word is saved; only typing that could not be sent warns. Without this
// the page could go while an answer is on its way, and the next one show the text before it.
beforeLeaving(() => (isDirty && !editor.classList.contains("unsent")) || sending ? save().then(() => !isDirty) : null);

window.addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});

window.addEventListener("online", () => isDirty && save());

// The tab goes to the back, or for good: what is typed goes on its way, and is kept here until it has arrived.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden || !(isDirty || sending)) return;
  keepUnsent(form());
  save();
});

editor.addEventListener("keydown", (event) => {
  const row = event.target.closest(".mapstep");
  if (!row || event.isComposing) return;
  const isTitle = event.target === titleOf(row);
  const isText = event.target.matches("input:not([type=checkbox], [list])");
  if (event.key === "Enter" && isText) {
    event.preventDefault();
    operate("add", row);
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    operate(event.key === "ArrowUp" ? "up" : "down", row);
  } else if (event.key === "Backspace" && isTitle && isEmpty(row) && rows().length > 1) {
    event.preventDefault();
    operate("remove", row);
  }
});

// --- undo and redo ----------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const isHere = event.target === document.body || (editor.contains(event.target) && event.target.name !== "pasted");
  if (!isHere || event.isComposing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  const isRedo = (key === "z" && event.shiftKey) || (key === "y" && !event.shiftKey);
  if (!isRedo && key !== "z") return;
  event.preventDefault();
  turn(isRedo ? redo : undo, true);
});

// The same from a menu, or from a phone that is shaken.
editor.addEventListener("beforeinput", (event) => {
  const way = { historyUndo: undo, historyRedo: redo }[event.inputType];
  if (!way || event.target.name === "pasted") return;
  event.preventDefault();
  turn(way, true);
});

function turn(way, isByKey) {
  clearTimeout(thought);
  typing = null;
  const told = way();
  showHistory();
  if (!told) return tell(way === undo ? says.nothingToUndo : says.nothingToRedo);
  const sentence = (way === undo ? says.undone : says.redone).replace("{what}", says[`did${told.what}`]);
  tell(told.left ? `${sentence} ${says.left}` : sentence);
  const next = told.field ?? (told.row && titleOf(told.row));
  if (next && isByKey) {
    const folded = next.closest("details");
    if (folded) folded.open = true;
    next.focus();
  } else if (next) next.scrollIntoView({ block: "nearest" });
  changed();
}

function showHistory() {
  for (const [name, can] of [["undo", canUndo() || typing], ["redo", canRedo()]]) {
    editor.querySelector(`[data-history=${name}]`).setAttribute("aria-disabled", String(!can));
  }
}

// A sentence beside the buttons, which a screen reader says.
function tell(sentence) {
  editor.querySelector(".told").textContent = sentence;
}

// --- pasting ----------------------------------------------------------------------------------------

// A list or a table pasted into a title becomes steps.
editor.addEventListener("paste", (event) => {
  const row = event.target.closest(".mapstep");
  const [text, markup] = ["text/plain", "text/html"].map((type) => event.clipboardData.getData(type));
  if (event.target.name === "pasted") event.target.dataset.markup = /<table/i.test(markup) ? markup : "";
  if (!row || event.target !== titleOf(row) || !isMany(text, markup)) return;
  event.preventDefault();
  pasteAfter(row, text, markup);
});

async function pasteAll(field) {
  if (!field.value.trim()) return field.focus();
  const isDone = await pasteAfter(rows().at(-1), field.value, field.dataset.markup ?? "");
  if (!isDone) return;
  field.value = "";
  field.dataset.markup = "";
  field.closest("details").open = false;
}

async function pasteAfter(row, text, markup) {
  settle();
  tell(says.reading);
  const found = await read(form().action, text, markup);
  if (!found?.rows.length) {
    tell(found ? found.sentence : says.unread);
    return false;
  }
  tell("");
  const place = document.activeElement;
  if (!(await isWanted(found))) {
    place?.focus();
    return false;
  }
  if (row && !row.isConnected) row = rows().at(-1); // somebody else's changes came in meanwhile
  const before = rows();
  let last = row;
  for (const values of found.rows) {
    if (rows().length >= MOST_STEPS && !(last === row && row && isEmpty(row))) break;
    const next = last === row && row && isEmpty(row) ? row : newRow();
    if (next !== row) last ? last.after(next) : list().append(next);
    for (const [part, value] of Object.entries(values)) fill(partOf(next, part), value);
    last = next;
  }
  renumber(before);
  titleOf(last).focus();
  keep("paste");
  showHistory();
  tell(found.sentence);
  changed();
  return true;
}

function fill(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = value;
}

// --- rows -------------------------------------------------------------------------------------------

// Carries out what a row's buttons say. Returns the row that has the cursor then.
function operate(op, row) {
  settle();
  const before = rows();
  let next = row;
  if (op === "add") {
    if (before.length >= MOST_STEPS) return status(says.full);
    next = newRow();
    if (row) row.after(next);
    else list().append(next);
  } else if (op === "up") row.previousElementSibling?.before(row);
  else if (op === "down") row.nextElementSibling?.after(row);
  else if (op === "remove") {
    next = row.previousElementSibling ?? row.nextElementSibling;
    row.remove();
  }
  renumber(before);
  if (next) (op === "up" || op === "down" ? focusable(next) : titleOf(next)).focus();
  finish(op === "up" || op === "down" ? "move" : op);
  return next;
}

function finish(what) {
  keep(what);
  showHistory();
  tell("");
  changed();
}

function focusable(row) {
  return row.contains(document.activeElement) ? document.activeElement : titleOf(row);
}

makeSortable(editor, (before, row) => {
  settle();
  renumber(before);
  finish("move");
  tell(says.moved.replace("{n}", rows().indexOf(row) + 1));
});

// --- drawing ----------------------------------------------------------------------------------------

// The drawing of what stands in the form now, without waiting until it is saved. One at a time; while one is on its way,
// the next waits and then takes everything typed meanwhile.
async function sketch() {
  if (isDrawing) return;
  isDrawing = true;
  while (!isDrawn) {
    isDrawn = true;
    const titled = titledRows();
    const drawn = await drawingOf(new FormData(form()));
    if (!drawn) {
      isDrawn = false; // it comes with what is saved
      break;
    }
    takeDrawing(drawn, current());
    markGaps([...document.querySelectorAll("#live-map data.gap")], titled);
  }
  isDrawing = false;
}

async function drawingOf(data) {
  for (const name of ["was", "pasted"]) data.delete(name);
  data.set("bands", bands());
  try {
    const response = await fetch(says.drawing, { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, redirect: "error" });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html").body : null;
  } catch {
    return null;
  }
}

// What a step takes that nobody gives, and gives that nobody takes, beside the field that says so.
function markGaps(told, titled) {
  for (const row of rows()) {
    for (const part of ["takes", "gives"]) {
      const found = told.find((one) => one.value === part && Number(one.dataset.at) === titled.indexOf(row));
      note(partOf(row, part), "gap", found?.textContent);
    }
  }
}

// The step with the cursor by its number in the drawing, from 0; -1 if there is none.
function current() {
  const row = document.activeElement?.closest(".mapstep");
  return row ? titledRows().indexOf(row) : -1;
}

// --- saving -----------------------------------------------------------------------------------------

// One request at a time, so that answers can't overtake each other.
async function save(extra = {}) {
  clearTimeout(timer);
  while (sending) await sending;
  if (!isDirty && !extra.settle) return;
  sentAt = performance.now();
  sending = exchange(extra);
  await sending;
  sending = null;
}

async function exchange(extra) {
  const data = new FormData(form());
  data.set("op", "save");
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  data.delete("pasted");
  if (isDrawn) data.set("sketched", "1");
  data.set("bands", bands());
  const sent = titledRows();
  // While a new step's title is being typed, its id is made anew from what it says so far.
  const fresh = sent.filter((row) => "fresh" in row.dataset);
  for (const row of fresh) data.set(idOf(row).name, "");
  isDirty = false;
  editor.classList.remove("unsent");
  let response, text;
  try {
    const body = new URLSearchParams(data).toString();
    const keepalive = document.hidden && body.length < MOST_KEPT_ALIVE;
    const headers = { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
    response = await fetch(form().action, { method: "POST", body, headers, redirect: "error", keepalive });
    text = await response.text();
  } catch {
    return unsent(says.offline);
  }
  const answer = new DOMParser().parseFromString(text, "text/html");
  if (!answer.querySelector("section.side")) return unsent(says.refused);
  if (response.status !== 409 && !isDirty) forgetUnsent();
  const isAll = answer.getElementById("map-form") && !isDirty;
  takeIds(answer, sent);
  if (isAll) return takeAll(answer);
  takeLive(answer, sent);
  for (const row of fresh) if (document.activeElement !== titleOf(row)) delete row.dataset.fresh;
  if (response.status === 409) {
    isDirty = true;
    keepUnsent(form());
  } else if (isDirty) changed();
}

function unsent(sentence) {
  isDirty = true;
  keepUnsent(form());
  editor.classList.add("unsent");
  status(sentence);
  if (sentence === says.offline) timer = setTimeout(save, RETRY);
}

function takeIds(answer, sent) {
  const ids = answer.querySelector("section.side").dataset.ids.trim().split(/\s+/);
  sent.forEach((row, at) => { idOf(row).value = ids[at] ?? ""; });
}

// Only the drawing, the findings and what to merge with next time: the cursor stays where it is.
function takeLive(answer, sent) {
  const live = answer.querySelector("section.side");
  if (live.dataset.sent) live.querySelector("[name=was]").value = live.dataset.sent;
  if (answer.getElementById("live-map") && !isDrawing) {
    takeDrawing(answer.getElementById("live-map"), current());
    markGaps([...document.querySelectorAll("#live-map data.gap")], sent);
  }
  const hadConflict = document.querySelector("#live .conflict");
  document.getElementById("live").replaceChildren(live);
  if (!hadConflict) live.querySelector(".conflict")?.scrollIntoView({ block: "nearest" });
  for (const row of rows()) row.querySelector(".stop").className = `stop ${partOf(row, "handling").value}`;
  if (!isDirty) markErrors(live);
}

// The sentences stand beside the fields that they are about.
function markErrors(live) {
  const told = [...live.querySelectorAll("data")];
  const find = (row, part) => told.find((one) => one.dataset.step === idOf(row).value && one.value === part);
  for (const row of rows()) {
    for (const part of ["then", "join", "due", "by"]) mark(partOf(row, part), find(row, part)?.textContent);
  }
  for (const name of ["title", "within", "start_fields"]) {
    mark(form().elements[name], told.find((one) => !one.dataset.step && one.value === name)?.textContent);
  }
}

function mark(field, sentence) {
  note(field, "error", sentence);
  if (!sentence) return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  const folded = field.closest("details");
  if (folded) folded.open = true;
}

// Let a sentence of a kind stand below a field, or no longer.
function note(field, kind, sentence) {
  let place = field.parentElement.querySelector(`.${kind}`);
  if (!sentence) {
    place?.remove();
    if (!field.parentElement.querySelector("small")) field.removeAttribute("aria-describedby");
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.className = kind;
    place.id = `${field.id}e`;
    field.after(place);
  }
  if (place.textContent !== sentence) place.textContent = sentence;
  field.setAttribute("aria-describedby", place.id);
}

// The whole editor as the server has it, with somebody else's changes in it; the cursor finds its place again.
function takeAll(answer) {
  const { activeElement: field } = document;
  const row = field?.closest(".mapstep");
  const place = row && { id: idOf(row).value, part: field.name?.replace(/^step-\d+-/, "") };
  const [start, end] = [field?.selectionStart, field?.selectionEnd];
  const open = new Set(rows().filter((one) => one.querySelector("details[open]")).map((one) => idOf(one).value));
  settle();
  const keys = new Map(rows().map((one) => [idOf(one).value, keyOf(one)]));
  const bar = editor.querySelector(".maptools");
  keepScrolled(() => editor.replaceChildren(...answer.body.childNodes));
  editor.querySelector(".maptools").replaceWith(bar);
  for (const one of rows()) if (keys.has(idOf(one).value)) one.dataset.key = keys.get(idOf(one).value);
  goOn();
  isDrawn = true;
  sized.observe(document.getElementById("live-map"));
  for (const one of rows()) if (open.has(idOf(one).value)) one.querySelector("details").open = true;
  const again = place ? rows().find((one) => idOf(one).value === place.id) : null;
  const next = again && place.part ? partOf(again, place.part) : form().elements[field?.name];
  if (!next?.focus || field === document.body) return;
  next.focus();
  if (typeof start === "number") next.setSelectionRange(start, end);
}

function status(text) {
  const place = document.querySelector("#live [role=status]");
  if (place && place.textContent !== text) place.textContent = text;
}
