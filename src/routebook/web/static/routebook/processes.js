// The map editor: saves what is typed, keeps the drawing in step, and moves rows from the keyboard.
// Without this script every button still works; it only spares the reloads.

const PAUSE = 350; // ms of quiet before what was typed is sent
const editor = document.getElementById("editor");
let timer = 0;
let sending = null;
let again = false;

const form = () => document.getElementById("map-form");

editor.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => send("save"), PAUSE);
});

editor.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-swap]");
  if (!button) return;
  event.preventDefault();
  send(button.value);
});

editor.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  send("save");
});

editor.addEventListener("keydown", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  if (event.key === "Enter" && event.target.classList.contains("steptitle")) {
    event.preventDefault();
    send(`add-${row.dataset.row}`);
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    send(`${event.key === "ArrowUp" ? "up" : "down"}-${row.dataset.row}`);
  } else if (event.key === "Backspace" && event.target.classList.contains("steptitle") && !event.target.value) {
    event.preventDefault();
    send(`remove-${row.dataset.row}`);
  }
});

// One request at a time, so that answers can't overtake each other; the last wish is carried out next.
async function send(op) {
  clearTimeout(timer);
  if (sending) {
    if (op === "save") again = true;
    else await sending;
    if (op === "save") return;
  }
  sending = exchange(op);
  try {
    await sending;
  } finally {
    sending = null;
  }
  if (again) {
    again = false;
    send("save");
  }
}

async function exchange(op) {
  const data = new FormData(form());
  data.set("op", op);
  let answer;
  try {
    const response = await fetch(form().action, {
      method: "POST",
      body: new URLSearchParams(data),
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    answer = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    status("The server can't be reached. What you typed is still here and is sent again with the next change.");
    return;
  }
  if (op === "save") takeLive(answer);
  else takeAll(answer);
}

// Only the drawing, the findings and the number of the draft: the cursor stays where it is.
function takeLive(answer) {
  const live = answer.querySelector("section[data-base]");
  if (!live) return status("The draft was not saved; reload the page.");
  document.getElementById("live-map").replaceChildren(...answer.getElementById("live-map").childNodes);
  form().elements.base.value = live.dataset.base;
  const ids = live.dataset.ids.trim().split(/\s+/);
  const open = [...form().querySelectorAll(".mapstep")].filter((row) => row.querySelector(".steptitle").value.trim());
  if (ids.length === open.length) open.forEach((row, at) => { row.querySelector("input[type=hidden]").value = ids[at]; });
  document.getElementById("live").replaceChildren(live);
  for (const row of form().querySelectorAll(".mapstep")) {
    row.querySelector(".stop").className = `stop ${row.querySelector("select").value}`;
  }
}

function takeAll(answer) {
  if (!answer.getElementById("map-form")) return status("The draft was not saved; reload the page.");
  editor.replaceChildren(...answer.body.childNodes);
  const at = Number(form().dataset.focus);
  const title = form().querySelectorAll(".steptitle")[at];
  title?.focus();
}

function status(text) {
  const place = document.querySelector("#live [role=status]");
  if (place) place.textContent = text;
}

// What was typed in the last moment goes out before the page does.
window.addEventListener("pagehide", () => {
  if (!timer) return;
  const data = new FormData(form());
  data.set("op", "save");
  navigator.sendBeacon(form().action, new URLSearchParams(data));
});
