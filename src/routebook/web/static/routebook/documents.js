// The form of a document: rows that come, go and move; saving as one types; what was found, beside it.
// Without this file the same form works by its buttons.

import { beforeLeaving } from "./on_its_way.js";
import { linesOf, offerBack } from "./document_paste.js";
import { askAboutUnsent, forgetUnsent, keepUnsent } from "./unsent.js";

const PAUSE = 80; // ms of quiet before what was typed is saved and checked
const BETWEEN = 600; // ms at least from one save to the next, while somebody goes on typing

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", print);
}

// A picture further down is only loaded when somebody scrolls to it, or prints.
async function print() {
  const pictures = [...document.images];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.allSettled(pictures.map((picture) => picture.decode()));
  window.print();
}

const form = document.getElementById("document");
if (form) edit(form);

function edit(form) {
  const changed = new Set();
  const contested = new Set(); // waits for the person's choice after somebody else was first
  const side = document.getElementById("side");
  const conflict = document.getElementById("conflict");
  let timer = 0;
  let saving = null;
  let sentAt = -BETWEEN;

  form.addEventListener("input", (event) => touch(fieldOf(event.target)));
  form.addEventListener("change", (event) => touch(fieldOf(event.target)));
  form.addEventListener("click", press);
  form.addEventListener("keydown", enter);
  form.addEventListener("paste", paste);
  form.addEventListener("submit", () => clearTimeout(timer));
  conflict.addEventListener("click", settle);
  side.addEventListener("click", lead);
  window.addEventListener("beforeunload", (event) => { if ((changed.size || contested.size) && !form.dataset.leaving) event.preventDefault(); });
  form.addEventListener("submit", () => { form.dataset.leaving = "1"; });
  window.addEventListener("online", save);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    if (changed.size || contested.size || saving) keepUnsent(form);
    save();
  });
  askAboutUnsent(form);
  beforeLeaving(() => (changed.size || saving ? allSaved() : null));

  function touch(name) {
    if (!name) return;
    if (contested.size) { contested.add(name); return; }
    changed.add(name);
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(PAUSE, sentAt + BETWEEN - performance.now()));
  }

  // One save at a time: what is typed meanwhile goes with the next one.
  async function save() {
    clearTimeout(timer);
    if (!changed.size) return;
    if (saving) return later();
    sentAt = performance.now();
    const sent = [...changed];
    changed.clear();
    saving = send(sent).finally(() => { saving = null; });
    await saving;
  }

  // A save that fails leaves its fields in `changed`, and one that meets somebody else's in `contested`.
  async function allSaved() {
    if (saving) await saving;
    if (changed.size) await save();
    return !changed.size && !contested.size;
  }

  async function send(names) {
    say(form.dataset.saving);
    try {
      const response = await fetch(form.dataset.autosave, { method: "POST", body: body(names), headers: { "X-Requested-With": "fetch" }, keepalive: document.hidden });
      const text = await response.text();
      if (response.status === 409) return meet(text, names);
      if (!response.ok) throw new Error(String(response.status));
      if (!changed.size) forgetUnsent();
      side.innerHTML = text;
      const stands = side.firstElementChild;
      form.elements.rev.value = stands.dataset.rev;
      const standing = document.getElementById("standing");
      if (standing) standing.textContent = stands.dataset.count;
      form.dispatchEvent(new Event("kept"));
    } catch {
      for (const name of names) changed.add(name);
      keepUnsent(form);
      delete form.dataset.leaving;
      say(form.dataset.offline);
      timer = setTimeout(save, 5000);
    }
  }

  function body(names) {
    const data = new FormData();
    for (const key of ["csrfmiddlewaretoken", "rev", "version"]) data.append(key, form.elements[key].value);
    for (const name of names) data.append("changed", name);
    for (const [key, value] of new FormData(form)) {
      // A file goes by itself, once it is fit to be seen (uploads.js); a save never carries one.
      if (typeof value === "string" && names.some((name) => key === name || key.startsWith(`${name}-`))) data.append(key, value);
    }
    return data;
  }

  function say(sentence) {
    const line = side.querySelector(".saved");
    if (line) line.textContent = sentence;
  }

  // Somebody was first. The form keeps what was typed; nothing is sent until the person chose.
  function meet(text, names) {
    conflict.innerHTML = text;
    for (const name of [...names, ...changed]) contested.add(name);
    keepUnsent(form);
    changed.clear();
    delete form.dataset.leaving;
    say("");
  }

  // Keeping mine sends it again on top of theirs. Taking theirs saves the rest and shows the page anew.
  async function settle(event) {
    const notice = event.target.closest(".conflict");
    const choice = event.target.closest("[data-keep], [data-take]");
    if (!notice || !choice || !contested.size) return;
    event.preventDefault();
    form.elements.rev.value = notice.dataset.rev;
    form.elements.version.value = notice.dataset.version;
    const theirs = choice.matches("[data-take]") ? notice.dataset.fields.trim().split(" ") : [];
    for (const name of contested) if (!theirs.includes(name)) changed.add(name);
    contested.clear();
    conflict.replaceChildren();
    await save();
    if (choice.matches("[data-take]")) location.assign(choice.href);
  }

  // --- rows -------------------------------------------------------------------------------------

  function press(event) {
    const button = event.target.closest("button[name=op]");
    if (!button) return;
    event.preventDefault();
    const [verb, name] = button.value.split(":");
    const rows = rowsOf(name);
    const row = button.closest(".line-row");
    if (verb === "add") focusIn(append(rows));
    if (verb === "include") focusIn(include(rows));
    if (verb === "remove") remove(rows, row);
    // The neighbour goes to the other side, so that the row keeps the cursor: a phone shows a row's buttons only then.
    if (verb === "up" && row.previousElementSibling) row.after(row.previousElementSibling);
    if (verb === "down" && row.nextElementSibling) row.before(row.nextElementSibling);
    if (verb === "up" || verb === "down") button.focus();
    number(rows);
    if (verb !== "add" && verb !== "include") touch(name);
  }

  function remove(rows, row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    focusIn(next || append(rows));
  }

  // A shared block goes after the last line that says something, before the empty ones.
  function include(rows) {
    const said = [...rows.querySelectorAll("ol > .line-row")].filter((row) => !isEmpty(row)).pop();
    const row = append(rows, said, "template[data-block]");
    if (!said) rows.querySelector("ol").prepend(row);
    return row;
  }

  function append(rows, after, pattern = "template") {
    const row = rows.querySelector(pattern).content.firstElementChild.cloneNode(true);
    if (after) after.after(row); else rows.querySelector("ol").append(row);
    number(rows);
    return row;
  }

  // Enter in a line begins the next one; Backspace in an empty line goes back to the one before.
  function enter(event) {
    const row = event.target.closest(".line-row");
    if (!row || event.target.matches("textarea, select, button, summary") || event.isComposing) return;
    const rows = row.closest("[data-rows]");
    if (event.key === "Enter") {
      event.preventDefault();
      const next = row.nextElementSibling;
      focusIn(next && isEmpty(next) ? next : append(rows, row));
    }
    if (event.key === "Backspace" && event.target.value === "" && isEmpty(row) && row.previousElementSibling) {
      event.preventDefault();
      const before = row.previousElementSibling;
      row.remove();
      number(rows);
      focusIn(before);
      touch(rows.dataset.rows);
    }
  }

  // Several lines that are pasted into one become as many, behind it.
  function paste(event) {
    const row = event.target.closest(".line-row");
    if (!row || !event.target.matches("input")) return;
    const lines = linesOf(event.clipboardData.getData("text/plain"));
    if (lines.length < 2) return;
    event.preventDefault();
    const rows = row.closest("[data-rows]");
    const at = [...row.querySelectorAll("input, textarea, select")].indexOf(event.target);
    const fieldIn = (one) => one.querySelectorAll("input, textarea, select")[at];
    const count = lines.length;
    const isFirst = event.target.value.trim() === "";
    if (isFirst) event.target.value = lines.shift();
    const made = [];
    for (const line of lines) {
      made.push(append(rows, made.at(-1) ?? row));
      fieldIn(made.at(-1)).value = line;
    }
    fieldIn(made.at(-1)).focus();
    touch(rows.dataset.rows);
    offerBack(rows, form.dataset.pasted.replace("{n}", count), form.dataset.takeBack, () => {
      for (const one of made) one.remove();
      if (isFirst) fieldIn(row).value = "";
      number(rows);
      focusIn(row);
      touch(rows.dataset.rows);
    });
  }

  function isEmpty(row) {
    return [...row.querySelectorAll("input, textarea, .block select")].every((input) => input.value.trim() === "");
  }

  function rowsOf(name) {
    return form.querySelector(`[data-rows="${name}"]`);
  }

  function focusIn(row) {
    row?.querySelector("input, textarea, select")?.focus();
  }

  // Names and ids follow the order on the page, so that a finding leads to the line that it means.
  function number(rows) {
    const pattern = new RegExp(`^((?:f-|(?:up|down|remove):)?${rows.dataset.rows}[-:])(?:\\d+|__i__)`);
    [...rows.querySelectorAll("ol > .line-row")].forEach((row, at) => {
      for (const element of [row, ...row.querySelectorAll("[name], [id], [for], [value]")]) {
        for (const key of ["id", "name", "for"]) {
          if (element.hasAttribute(key)) element.setAttribute(key, element.getAttribute(key).replace(pattern, `$1${at}`));
        }
        if (element.matches("button[name=op]")) element.value = element.value.replace(pattern, `$1${at}`);
      }
      for (const element of row.querySelectorAll("[data-number]")) element.textContent = String(at + 1);
    });
  }

  // A finding leads to its field: the cursor goes there, and the place shows itself once.
  function lead(event) {
    const link = event.target.closest("a[href^='#f-']");
    const place = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!place) return;
    event.preventDefault();
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    place.scrollIntoView({ block: "center" });
    (place.matches("input, textarea, select") ? place : place.querySelector("input, textarea, select") || place).focus({ preventScroll: true });
    place.classList.remove("flash");
    void place.offsetWidth;
    place.classList.add("flash");
  }

  function fieldOf(input) {
    const rows = input.closest("[data-rows]");
    return rows ? rows.dataset.rows : input.name && !input.name.startsWith("was-") ? input.name : "";
  }
}
