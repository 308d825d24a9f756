// Files for the pile: dropped or chosen, sent one by one with their progress. Without this file the form sends them all.

const form = document.getElementById("drop");
if (form) takeOver(form);

function takeOver(form) {
  const input = form.querySelector("input[type=file]");
  const line = form.querySelector(".sending");
  form.classList.add("takes-files");
  let busy = false;

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says what is missing
    event.preventDefault();
    send([...input.files].map((file) => ({ file, place: file.webkitRelativePath || file.name })));
  });
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault(); // else the browser would leave the page and show the file
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = [...event.dataTransfer.files].map((file) => ({ file, place: file.name }));
    send(entries.some((entry) => entry.isDirectory) ? (await Promise.all(entries.map(filesIn))).flat() : loose);
  });

  async function send(files) {
    if (busy || !files.length) return;
    busy = true;
    const [progress, words] = line.children;
    line.hidden = false;
    progress.max = files.length;
    const refused = [];
    let kept = 0;
    let arrived = 0;
    for (const [at, { file, place }] of files.entries()) {
      progress.value = at;
      words.textContent = form.dataset.sending.replace("%1", at + 1).replace("%2", files.length);
      const told = await sent(file, place);
      kept += told.kept;
      refused.push(...told.refused);
      arrived += told.arrivals?.length ?? 0;
      if (told.arrivals?.length) await show([]); // a whole drive: its own line tells how far it is
    }
    progress.value = files.length;
    words.textContent = form.dataset.kept.replace("%1", kept);
    line.hidden = arrived > 0 && kept === 0;
    await show(refused);
    input.value = "";
    busy = false;
  }

  async function sent(file, place) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("files", file, file.name);
    body.append("places", place);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.ok) return await answer.json();
    } catch {
      // the network: said below
    }
    return { kept: 0, refused: [{ path: place, reason: form.dataset.lost }] };
  }

  async function show(refused) {
    const answer = await fetch(form.action, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const pile = page.getElementById("pile");
    if (refused.length) pile.prepend(list(refused, form.dataset.refused));
    document.getElementById("pile").replaceWith(pile);
    followArrivals(form);
  }

  followArrivals(form);
}

// Archives of many files: asked again and again until they are sorted, with what is on the pile so far below.
function followArrivals(form) {
  for (const section of document.querySelectorAll(".arrival:not([data-finished]):not([data-followed])")) {
    section.dataset.followed = "";
    section.querySelector(".unscripted").hidden = true;
    follow(form, section);
  }
}

async function follow(form, section) {
  const [progress, words] = section.querySelector(".sending").children;
  const address = `/pile/arrivals/${section.dataset.arrival}/`;
  for (let wait = 0; section.isConnected; ) {
    const told = await arrived(form, address);
    if (told === null) return;
    wait = told.at === progress.value ? Math.min(4000, wait + 500) : 0; // the dispatcher has it in hand just now
    progress.value = told.at;
    words.textContent = words.dataset.say.replace("%1", told.at).replace("%2", told.total);
    if (told.finished) return window.location.reload();
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function arrived(form, address) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.ok) return await answer.json();
  } catch {
    // the network: the server goes on by itself, and a reload shows how far it is
  }
  return null;
}

function list(refused, title) {
  const section = document.createElement("section");
  section.className = "sheet";
  section.id = "refused";
  const heading = document.createElement("h2");
  heading.textContent = title;
  const items = document.createElement("ul");
  items.className = "list";
  for (const { path, reason } of refused) {
    const item = document.createElement("li");
    const said = document.createElement("span");
    const name = document.createElement("b");
    const why = document.createElement("small");
    name.textContent = path;
    why.textContent = ` ${reason}`;
    said.append(name, why);
    item.append(said);
    items.append(item);
  }
  section.append(heading, items);
  return section;
}

async function filesIn(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    return [{ file, place: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail)); // a hundred at a time
    if (!some.length) break;
    all.push(...some);
  }
  return (await Promise.all(all.filter((one) => !one.name.startsWith(".")).map(filesIn))).flat();
}
