// Lines go onto the plate while they are typed: Enter, a pasted list or a dictated one sends every line that is
// finished. What could not be sent stays in the field; without this script the button sends it all.

import { beforeLeaving } from "./on_its_way.js";
import { hold } from "./typed_meanwhile.js";

const form = document.getElementById("write");
const lines = document.getElementById("lines");
const refused = document.getElementById("lines-refused");
let sending = null;

beforeLeaving(() => sending);

lines.addEventListener("input", (event) => {
  if (!event.isComposing && lines.value.includes("\n")) send(finished());
});
lines.addEventListener("compositionend", () => lines.value.includes("\n") && send(finished()));
lines.addEventListener("blur", () => send(everything()));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(everything());
  lines.focus();
});

function finished() {
  const end = lines.value.lastIndexOf("\n") + 1;
  const text = lines.value.slice(0, end);
  lines.value = lines.value.slice(end);
  return text;
}

function everything() {
  const text = lines.value;
  lines.value = "";
  return text;
}

// One after the other, so that they stand in the order in which they were written.
function send(text) {
  if (!text.trim()) return;
  const mine = Promise.resolve(sending).then(() => post(text)).finally(() => { if (sending === mine) sending = null; });
  sending = mine;
}

async function post(text) {
  const body = new FormData(form);
  body.set("lines", text);
  let answer = null;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    // Offline: the lines go back where they came from, and the page says so as for anything else that wasn't sent.
    document.dispatchEvent(new CustomEvent("htmx:sendError"));
  }
  if (answer?.ok) {
    refused.replaceChildren();
    lines.removeAttribute("aria-invalid");
    form.querySelector("button").className = "quiet"; // what comes next has the page's one green button
    const text = await answer.text();
    const putBack = hold(document.getElementById("plate"));
    document.addEventListener("htmx:afterSettle", putBack, { once: true });
    window.htmx.swap("#plate", text, { swapStyle: "outerHTML" });
    return true;
  }
  lines.value = text.trimEnd() + (lines.value ? `\n${lines.value}` : "");
  if (answer?.status === 409) {
    refused.innerHTML = await answer.text();
    lines.setAttribute("aria-invalid", "true");
  }
  return false;
}
