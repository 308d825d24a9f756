// Nobody overtakes what they did just before: a link or a button that leaves the page waits until what was typed, ticked
// or moved a moment ago is with the server. What was refused or could not be sent keeps the page, which says why.

const underWay = new Set();
const flushes = [];
let asked = 0; // of several ways out, the last one that was asked for is taken

// Have whoever leaves wait for this; it resolves to false if it was not kept.
export function onItsWay(sending) {
  const arriving = Promise.resolve(sending).then((isKept) => isKept !== false, () => false);
  underWay.add(arriving);
  arriving.then(() => underWay.delete(arriving));
}

// Before somebody leaves, `flush` sends what still waits to be sent, and returns the promise of it, if there is anything.
export function beforeLeaving(flush) {
  flushes.push(flush);
}

function isAnythingUnderWay() {
  for (const flush of flushes) {
    const sending = flush();
    if (sending) onItsWay(sending);
  }
  return underWay.size > 0;
}

// Whether all of it was kept, also what was sent meanwhile.
async function allKept() {
  let isKept = true;
  while (underWay.size) isKept = (await Promise.all(underWay)).every(Boolean) && isKept;
  return isKept;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.getAttribute("target") || link.hasAttribute("download")) return;
  const address = new URL(link.getAttribute("href"), document.baseURI);
  const isHere = address.hash && address.href.split("#")[0] === location.href.split("#")[0];
  if (isHere || address.origin !== location.origin || !isAnythingUnderWay()) return;
  event.preventDefault();
  const mine = ++asked;
  if ((await allKept()) && mine === asked) location.assign(address);
});

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method === "dialog" || !isAnythingUnderWay()) return;
  event.preventDefault();
  const mine = ++asked;
  if (!(await allKept()) || mine !== asked) return;
  const again = standing(form, submitter);
  again?.form.requestSubmit(again.submitter);
});

// The answer may have put a new form in the place of the one that was pressed; it is known by what it asks for.
function standing(form, submitter) {
  if (form.isConnected) return { form, submitter: submitter?.isConnected ? submitter : null };
  const found = [...document.forms].find((one) => asks(one) === asks(form));
  const isPressed = (one) => one.matches("button") && one.name === submitter?.name && one.value === submitter?.value;
  return found && { form: found, submitter: [...found.elements].find(isPressed) ?? null };
}

function asks(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "command" && name !== "csrfmiddlewaretoken");
  return JSON.stringify([form.action, fields]);
}

// What htmx sends to be kept; what it only asks for may be left behind. A request that made way for a newer one was not
// refused.
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
  unsent.delete(elt);
  if (requestConfig.verb === "get") return;
  let isKept = true;
  xhr.addEventListener("load", () => { isKept = xhr.status < 400; });
  xhr.addEventListener("error", () => { isKept = false; });
  xhr.addEventListener("timeout", () => { isKept = false; });
  onItsWay(new Promise((resolve) => xhr.addEventListener("loadend", () => resolve(isKept))));
});

// A form that waits a moment for more changes before it sends them is sent at once by `leave`.
const unsent = new Set();

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[hx-post][hx-trigger*=leave]")) unsent.add(target.form);
});

beforeLeaving(() => {
  for (const form of unsent) if (form.isConnected) window.htmx.trigger(form, "leave");
  unsent.clear();
});
