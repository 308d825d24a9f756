// The rows of the map's list: finding their fields, keeping their numbers, and moving references by number along.

export const MOST_STEPS = 200;

const NUMBERED = ["id", "for", "aria-describedby"];
const LEADS = /^(.*(?:\bto\b|goto|-+>|→|⇒|at\s+the\s+same\s+time|\ball(?:\s+of)?\b|\bboth\b)\s*:?\s*)(.*)$/i;

export const form = () => document.getElementById("map-form");
export const list = () => document.getElementById("steps");
export const rows = () => [...list().children];
export const titleOf = (row) => row.querySelector(".steptitle");
export const titledRows = () => rows().filter((row) => titleOf(row).value.trim());
export const idOf = (row) => row.querySelector("input[type=hidden]");
export const partOf = (row, part) => row.querySelector(`[name$="-${part}"]`);

let keys = 0;

// What a row is called within this tab, whatever its number and its id become.
export function keyOf(row) {
  row.dataset.key ??= String(++keys);
  return row.dataset.key;
}

export function newRow() {
  const row = document.getElementById("new-row").content.querySelector(".mapstep").cloneNode(true);
  row.dataset.fresh = "";
  return row;
}

export function isEmpty(row) {
  return [...row.querySelectorAll("input:not([type=checkbox], [type=hidden])")].every((field) => field.value === "");
}

export function number() {
  rows().forEach((row, at) => {
    if (row.dataset.row !== String(at)) relabel(row, at);
  });
}

// Numbers follow the rows, and so do the references by number in “then” and “waits for”.
export function renumber(before) {
  const after = new Map(rows().map((row, at) => [row, String(at + 1)]));
  const names = new Map(before.map((row, at) => [String(at + 1), after.get(row) ?? quoted(titleOf(row).value, at + 1)]));
  number();
  for (const row of after.keys()) {
    for (const part of ["then", "join"]) {
      const field = partOf(row, part);
      const said = reread(field.value, names, part);
      if (said !== field.value) field.value = said;
    }
  }
}

export const quoted = (title, number) => `“${title.trim() || number}”`;

// The text with other names for the steps that it calls by number. The numbers behind the last “go to” of a clause
// are steps; those in front of it (“if 3 or more”) are not.
export function reread(text, names, part) {
  return text.split(/(;)/).map((clause) => rereadClause(clause, names, part)).join("");
}

function rereadClause(clause, names, part) {
  const found = part === "then" ? LEADS.exec(clause) : null;
  const [lead, targets] = found ? [found[1], found[2]] : ["", clause];
  const parts = targets.split(/(“[^”]*”|\s*(?:,|&|\+|\/|\band\b|\bor\b|[()])\s*)/i);
  const plain = (text) => /^\s*(?:#|step\s+)?(\d+)\s*\.?\s*$/i.exec(text);
  return lead + parts.map((text) => {
    const number = text && plain(text)?.[1];
    return number && names.has(number) ? text.replace(number, names.get(number)) : text;
  }).join("");
}

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
