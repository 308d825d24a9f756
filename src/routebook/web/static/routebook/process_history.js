// Undo and redo. What is kept of a change is what it did to which field of which step, so undoing takes back one's own
// change and leaves alone what somebody else did meanwhile, whatever was saved or came in since.

import { form, idOf, keyOf, list, newRow, number, partOf, quoted, reread, rows } from "./process_rows.js";

const MOST = 200; // changes that can be undone
const HEAD = ["title", "owner", "trigger", "result", "within", "target_policy", "start_fields"];
const OPEN = "\ue000"; // around a row's key where a text calls the row by its number
const CLOSE = "\ue001";

let known = capture();
let done = [];
let undone = [];

export const canUndo = () => done.length > 0;
export const canRedo = () => undone.length > 0;

// Keep what changed since the last call as one change, called by `what`; nothing changed, nothing is kept.
export function keep(what = "type") {
  const now = capture();
  const change = difference(known, now);
  known = now;
  if (!change) return;
  done.push({ what, ...change });
  if (done.length > MOST) done.shift();
  undone = [];
}

// The form is new, by somebody else's hand: go on from here.
export function goOn() {
  known = capture();
}

// Take the last change back. Returns what was done, with the row it was done to and how much of it stays because
// somebody else changed it meanwhile; nothing if there is nothing left.
export function undo() {
  keep();
  return turn(done, undone, "after", "before");
}

export function redo() {
  keep();
  return turn(undone, done, "before", "after");
}

function turn(from, to, now, then) {
  const change = from.pop();
  if (!change) return null;
  to.push(change);
  const told = apply(change[now], change[then]);
  known = capture();
  return { what: change.what, ...told };
}

// --- the form as values -----------------------------------------------------------------------------

function capture() {
  const inOrder = rows();
  const names = new Map(inOrder.map((row, at) => [String(at + 1), OPEN + keyOf(row) + CLOSE]));
  const head = new Map(HEAD.map((name) => [name, form().elements[name].value]));
  for (const box of form().querySelectorAll("[name=policies]")) head.set(`policies ${box.value}`, box.checked);
  return { head, order: inOrder.map(keyOf), rows: new Map(inOrder.map((row) => [keyOf(row), valuesOf(row, names)])) };
}

function valuesOf(row, names) {
  const values = {};
  for (const field of row.querySelectorAll("[name^=step-]")) {
    const part = field.name.replace(/^step-\d+-/, "");
    if (field.type === "checkbox") values[part] = field.checked;
    else values[part] = part === "then" || part === "join" ? reread(field.value, names, part) : field.value;
  }
  return values;
}

function difference(before, after) {
  const sides = [before, after].map((side) => ({ head: new Map(), rows: new Map(), order: side.order }));
  let isSame = before.order.length === after.order.length && before.order.every((key, at) => key === after.order[at]);
  for (const part of ["head", "rows"]) {
    for (const key of new Set([...before[part].keys(), ...after[part].keys()])) {
      const values = [before[part].get(key), after[part].get(key)];
      if (areSame(...values)) continue;
      isSame = false;
      values.forEach((value, side) => value !== undefined && sides[side][part].set(key, value));
    }
  }
  return isSame ? null : { before: sides[0], after: sides[1] };
}

function areSame(one, other) {
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  return Object.keys(one).every((part) => part === "id" || one[part] === other[part]);
}

// --- putting values back ----------------------------------------------------------------------------

// Lead the form from one side of a change to the other. What is no longer as that side left it stays.
function apply(from, to) {
  const current = capture();
  const told = { row: null, field: null, left: 0 };
  for (const [name, value] of to.head) {
    if (current.head.get(name) === from.head.get(name)) told.field = setHead(name, value);
    else told.left += 1;
  }
  for (const key of from.rows.keys()) if (!to.rows.has(key)) rowOf(key)?.remove();
  for (const [key, values] of to.rows) {
    if (!from.rows.has(key) && !rowOf(key)) told.row = insert(key, values, to.order, current);
    else if (rowOf(key)) setRow(key, from.rows.get(key) ?? {}, values, current, told);
  }
  if (sort(from.order, to.order)) told.row ??= rowOf(to.order.find((key, at) => key !== from.order[at]));
  number();
  retell(current, from, to);
  return told;
}

function rowOf(key) {
  return rows().find((row) => row.dataset.key === key);
}

function setHead(name, value) {
  if (!name.startsWith("policies ")) {
    form().elements[name].value = value;
    return form().elements[name];
  }
  const box = [...form().querySelectorAll("[name=policies]")].find((one) => name === `policies ${one.value}`);
  if (box) box.checked = value;
  return box ?? null;
}

function insert(key, values, order, current) {
  const row = newRow();
  row.dataset.key = key;
  if (values.id) delete row.dataset.fresh;
  const before = order.slice(0, order.indexOf(key)).reverse().find(rowOf);
  if (before) rowOf(before).after(row);
  else list().prepend(row);
  for (const [part, value] of Object.entries(values)) set(row, part, value);
  current.rows.set(key, { ...values });
  return row;
}

function setRow(key, from, to, current, told) {
  const row = rowOf(key);
  const values = current.rows.get(key);
  for (const [part, value] of Object.entries(to)) {
    if (part === "id" || value === from[part]) continue;
    if (values[part] !== from[part]) {
      told.left += 1;
      continue;
    }
    values[part] = value;
    set(row, part, value);
    told.row = row;
    told.field = partOf(row, part);
  }
}

function set(row, part, value) {
  const field = part === "id" ? idOf(row) : partOf(row, part);
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
  if (part === "handling") row.querySelector(".stop").className = `stop ${value}`;
}

// Give the rows that both sides have the order of `to`; others stay behind the row that they stand behind.
function sort(from, to) {
  const common = to.filter((key) => from.includes(key) && rowOf(key));
  const wasSorted = from.filter((key) => common.includes(key)).every((key, at) => key === common[at]);
  if (wasSorted) return false;
  const known = new Set(to.filter(rowOf));
  const followers = new Map();
  let behind = null;
  for (const row of rows()) {
    if (known.has(keyOf(row))) behind = keyOf(row);
    else followers.set(behind, [...(followers.get(behind) ?? []), row]);
  }
  const sorted = [...(followers.get(null) ?? [])];
  for (const key of to.filter(rowOf)) sorted.push(rowOf(key), ...(followers.get(key) ?? []));
  list().append(...sorted);
  return true;
}

// Write the references once more, by the numbers that the rows have now; a row that is gone is called by its title.
function retell(current, ...sides) {
  const numbers = new Map(rows().map((row, at) => [keyOf(row), String(at + 1)]));
  const gone = (key) => [current, ...sides].map((side) => side.rows.get(key)?.title).find((title) => title) ?? "";
  for (const row of rows()) {
    for (const part of ["then", "join"]) {
      const text = current.rows.get(keyOf(row))?.[part];
      const field = partOf(row, part);
      const said = text?.replace(/\ue000(\d+)\ue001/g, (_all, key) => numbers.get(key) ?? quoted(gone(key), "?"));
      if (said !== undefined && said !== field.value) field.value = said;
    }
  }
}
