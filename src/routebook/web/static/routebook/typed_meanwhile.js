// An answer that takes the place of a part of the page takes nothing away that was typed there while it was on its way,
// and folds nothing up that was opened.

const NOT_TYPED = /^(hidden|file|checkbox|radio|submit|button)$/;

// What stands in a place that was neither in it from the start nor sent (`sent`, by the form `from`). Returns what puts it
// back once the place is new.
export function hold(place, sent = new FormData(), from = null) {
  const known = (field) => (field.form === from && sent.has(field.name) ? sent.get(field.name) : atFirst(field));
  const isTyped = (field) => !NOT_TYPED.test(field.type) && field.value !== known(field);
  const typed = [...place.querySelectorAll("input[id], textarea[id], select[id]")].filter(isTyped).map(({ id, value }) => [id, value]);
  const open = [...place.querySelectorAll("details[open]")].map(spotOf);
  return () => {
    for (const [id, at] of open) {
      const fold = foldsIn(document.getElementById(id))[at];
      if (fold) fold.open = true;
    }
    for (const [id, value] of typed) putBack(document.getElementById(id), value);
  };
}

function atFirst(field) {
  if (!field.options) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
}

// A fold has no name of its own; it is the second, say, below something that has one.
function spotOf(fold) {
  const named = fold.closest("[id]");
  return [named?.id, foldsIn(named).indexOf(fold)];
}

function foldsIn(named) {
  if (!named) return [];
  return named.matches("details") ? [named, ...named.querySelectorAll("details")] : [...named.querySelectorAll("details")];
}

// As if it had been typed again, so that it is saved like everything else.
function putBack(field, value) {
  if (!field || field.value === value || field.value !== atFirst(field)) return;
  field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

let held = [];

document.addEventListener("htmx:beforeSwap", ({ detail: { shouldSwap, target, requestConfig } }) => {
  if (shouldSwap) held.push(hold(target, requestConfig.formData, requestConfig.elt));
});

document.addEventListener("htmx:afterSettle", () => {
  const all = held;
  held = [];
  for (const putAllBack of all) putAllBack();
});
