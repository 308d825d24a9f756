// The map editor: rows move at once, what is typed is saved in the background, and the drawing keeps step.
// Without this script every button still works; it only spares the reloads.

const PAUSE = 300; // ms of quiet before what was typed is sent
const RETRY = 5000; // ms until the server is asked again when it could not be reached
const MOST_STEPS = 200;
const editor = document.getElementById("editor");
const says = editor.dataset;
let timer = 0;
let sending = null;
let isDirty = false; // something on the page is not with the server yet

const form = () => document.getElementById("map-form");
const list = () => document.getElementById("steps");
const rows = () => [...list().children];
const titleOf = (row) => row.querySelector(".steptitle");
const idOf = (row) => row.querySelector("input[type=hidden]");
const partOf = (row, part) => row.querySelector(`[name$="-${part}"]`);

// The findings stand below the drawing, however high it is.
const sized = new ResizeObserver(() => {
  editor.style.setProperty("--map", `${document.getElementById("live-map").offsetHeight}px`);
});
sized.observe(document.getElementById("live-map"));

// --- typing -----------------------------------------------------------------------------------------

editor.addEventListener("input", changed);

function changed() {
  isDirty = true;
  status(says.unsent);
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

editor.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.op) {
    event.preventDefault();
    operate(button.dataset.op, button.closest(".mapstep"));
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

// Nobody leaves for the next page before the last word is saved; only typing that could not be sent warns.
editor.addEventListener("click", async (event) => {
  const link = event.target.closest("#live a[href]");
  if (!link || !isDirty || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await save();
  if (!isDirty) location.assign(link.href);
});

window.addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});

window.addEventListener("online", () => isDirty && save());

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

function isEmpty(row) {
  return [...row.querySelectorAll("input:not([type=checkbox])")].every((field) => field.value === "");
}

// A list pasted into a title becomes steps; numbers, bullets and tick boxes fall away.
editor.addEventListener("paste", (event) => {
  const row = event.target.closest(".mapstep");
  if (!row || event.target !== titleOf(row)) return;
  const text = event.clipboardData.getData("text/plain");
  const titles = text.split(/\r?\n/).map((line) => line.replace(BULLET, "").trim()).filter(Boolean);
  if (titles.length < 2) return;
  event.preventDefault();
  let last = row;
  if (titleOf(row).value === "") titleOf(row).value = titles.shift();
  for (const title of titles) {
    const next = operate("add", last);
    if (!next) break;
    titleOf(next).value = title;
    last = next;
  }
  changed();
});

const BULLET = /^\s*(?:[-*•–]|\(?\d{1,3}[.):])?\s*(?:\[[ xX]?\]\s*)?/;

// --- rows -------------------------------------------------------------------------------------------

// Carries out what a row's buttons say. Returns the row that has the cursor then.
function operate(op, row) {
  const before = rows();
  let next = row;
  if (op === "add") {
    if (before.length >= MOST_STEPS) return status(says.full);
    next = document.getElementById("new-row").content.querySelector(".mapstep").cloneNode(true);
    next.dataset.fresh = "";
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
  changed();
  return next;
}

function focusable(row) {
  return row.contains(document.activeElement) ? document.activeElement : titleOf(row);
}

// Numbers follow the rows, and so do the references by number in “then” and “waits for”.
function renumber(before) {
  const after = rows();
  const names = new Map(before.map((row, at) => [String(at + 1), nameNow(row, at, after)]));
  after.forEach((row, at) => {
    if (row.dataset.row !== String(at)) relabel(row, at);
    for (const part of ["then", "join"]) {
      const field = partOf(row, part);
      const said = field.value.split(/(;)/).map((clause) => reread(clause, names, part)).join("");
      if (said !== field.value) field.value = said;
    }
  });
}

function nameNow(row, was, after) {
  const at = after.indexOf(row);
  return at < 0 ? `“${titleOf(row).value.trim() || was + 1}”` : String(at + 1);
}

const LEADS = /^(.*(?:\bto\b|goto|-+>|→|⇒|at\s+the\s+same\s+time|\ball(?:\s+of)?\b|\bboth\b)\s*:?\s*)(.*)$/i;

// The numbers behind the last “go to” of a clause are steps; those in front of it (“if 3 or more”) are not.
function reread(clause, names, part) {
  const found = part === "then" ? LEADS.exec(clause) : null;
  const [lead, targets] = found ? [found[1], found[2]] : ["", clause];
  const parts = targets.split(/(“[^”]*”|\s*(?:,|&|\+|\/|\band\b|\bor\b|[()])\s*)/i);
  const plain = (text) => /^\s*(?:#|step\s+)?(\d+)\s*\.?\s*$/i.exec(text);
  return lead + parts.map((text) => {
    const number = text && plain(text)?.[1];
    return number && names.has(number) ? text.replace(number, names.get(number)) : text;
  }).join("");
}

const NUMBERED = ["id", "for", "aria-describedby"];

function relabel(row, at) {
  row.dataset.row = at;
  row.querySelector(".stop").textContent = at + 1;
  const label = row.querySelector(".fields > .field > label");
  label.textContent = label.textContent.replace(/\d+/, at + 1);
  for (const element of row.querySelectorAll("*")) {
    if (element.name?.startsWith("step-")) element.name = element.name.replace(/\d+/, at);
    if (element.name === "op") element.value = element.value.replace(/\d+/, at);
    for (const name of NUMBERED) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/\d+/, at));
    }
    const said = element.getAttribute("aria-label");
    if (said) element.setAttribute("aria-label", said.replace(/\d+/, at + 1));
  }
}

// --- saving -----------------------------------------------------------------------------------------

// One request at a time, so that answers can't overtake each other.
async function save(extra = {}) {
  clearTimeout(timer);
  while (sending) await sending;
  if (!isDirty && !extra.settle) return;
  sending = exchange(extra);
  await sending;
  sending = null;
}

async function exchange(extra) {
  const data = new FormData(form());
  data.set("op", "save");
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  const sent = rows().filter((row) => titleOf(row).value.trim());
  // While a new step's title is being typed, its id is made anew from what it says so far.
  const fresh = sent.filter((row) => "fresh" in row.dataset);
  for (const row of fresh) data.set(idOf(row).name, "");
  isDirty = false;
  editor.classList.remove("unsent");
  let response, text;
  try {
    response = await fetch(form().action, { method: "POST", body: new URLSearchParams(data), headers: { "HX-Request": "true" }, redirect: "error" });
    text = await response.text();
  } catch {
    return unsent(says.offline);
  }
  const answer = new DOMParser().parseFromString(text, "text/html");
  if (!answer.querySelector("section.side")) return unsent(says.refused);
  if (answer.getElementById("map-form") && !isDirty) return takeAll(answer);
  takeLive(answer, sent);
  for (const row of fresh) if (document.activeElement !== titleOf(row)) delete row.dataset.fresh;
  if (response.status === 409) isDirty = true;
  else if (isDirty) changed();
}

function unsent(sentence) {
  isDirty = true;
  editor.classList.add("unsent");
  status(sentence);
  if (sentence === says.offline) timer = setTimeout(save, RETRY);
}

// Only the drawing, the findings and what to merge with next time: the cursor stays where it is.
function takeLive(answer, sent) {
  const live = answer.querySelector("section.side");
  if (live.dataset.sent) live.querySelector("[name=was]").value = live.dataset.sent;
  const drawn = document.querySelector("#live-map .scroll")?.scrollLeft ?? 0;
  document.getElementById("live-map").replaceChildren(...answer.getElementById("live-map").childNodes);
  document.querySelector("#live-map .scroll").scrollLeft = drawn;
  const ids = live.dataset.ids.trim().split(/\s+/);
  sent.forEach((row, at) => { idOf(row).value = ids[at] ?? ""; });
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
  let place = field.parentElement.querySelector(".error");
  if (!sentence) {
    place?.remove();
    field.removeAttribute("aria-invalid");
    if (!field.parentElement.querySelector("small")) field.removeAttribute("aria-describedby");
    return;
  }
  if (!place) {
    place = document.createElement("p");
    place.className = "error";
    place.id = `${field.id}e`;
    field.after(place);
  }
  place.textContent = sentence;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", place.id);
  const folded = field.closest("details");
  if (folded) folded.open = true;
}

// The whole editor as the server has it, with somebody else's changes in it; the cursor finds its place again.
function takeAll(answer) {
  const { activeElement: field } = document;
  const row = field?.closest(".mapstep");
  const place = row && { id: idOf(row).value, part: field.name?.replace(/^step-\d+-/, "") };
  const [start, end] = [field?.selectionStart, field?.selectionEnd];
  const open = new Set(rows().filter((one) => one.querySelector("details[open]")).map((one) => idOf(one).value));
  editor.replaceChildren(...answer.body.childNodes);
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
