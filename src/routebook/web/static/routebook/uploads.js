// Pictures and recordings for a document: pasted, dropped or chosen. A picture goes through the editor first, a recording
// goes as it is, with its progress. Without this file the inputs send their files with the form.

import { prepare } from "./picture_editor.js";

const form = document.getElementById("document");
if (form) takeOver(form);

function takeOver(form) {
  const said = form.dataset;
  for (const scope of [form, ...[...form.querySelectorAll("template")].map((one) => one.content)]) disarm(scope);
  form.classList.add("takes-files");
  for (const row of form.querySelectorAll("[data-takes]")) showThumbs(row);

  form.addEventListener("change", (event) => {
    const input = event.target.closest("input[type=file]");
    const file = input?.files[0];
    if (!file) return;
    const place = input.closest("[data-takes], .field");
    if (input.closest("[data-upload]").dataset.upload === "picture") takePicture(place, file);
    else takeRecording(place, file);
    input.value = "";
  });
  form.addEventListener("paste", (event) => {
    // A word processor and a spreadsheet put a picture of their text beside it: the text is meant.
    if (event.clipboardData.getData("text/plain").trim()) return;
    const file = pictureIn(event.clipboardData);
    const place = file && placeFor(event.target);
    if (!place) return;
    event.preventDefault();
    takePicture(place, file);
  });
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    markTarget(placeFor(event.target));
  });
  form.addEventListener("dragleave", () => markTarget(null));
  form.addEventListener("drop", (event) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault(); // else the browser would leave the page and show the file
    markTarget(null);
    const recording = event.target.closest(".field")?.querySelector("[data-upload=recording]");
    if (recording) return takeRecording(recording.closest(".field"), file);
    const place = placeFor(event.target);
    if (place && file.type.startsWith("image/")) takePicture(place, file);
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-takes]");
    if (row) showThumbs(row);
  });

  // A file input without a name is sent with nothing: what was chosen leaves only by the ways below.
  function disarm(scope) {
    for (const input of scope.querySelectorAll("input[type=file]")) {
      input.removeAttribute("name");
      input.value = "";
    }
  }

  function pictureIn(data) {
    return [...(data?.files || [])].find((file) => file.type.startsWith("image/"));
  }

  // The row that was meant; elsewhere in the form, the first free row of the pictures.
  function placeFor(target) {
    const row = target.closest?.("[data-takes=picture]");
    if (row) return row;
    const rows = form.querySelector('[data-rows="pictures"]');
    if (!rows) return null;
    const free = [...rows.querySelectorAll("ol > [data-takes]")].find((one) => !partOf(one, "source").value);
    if (free) return free;
    rows.querySelector('button[value^="add:"]').click();
    return rows.querySelector("ol > [data-takes]:last-child");
  }

  function partOf(row, name) {
    return row.querySelector(`[name$="-${name}"]`);
  }

  function markTarget(place) {
    for (const one of form.querySelectorAll(".dropping")) if (one !== place) one.classList.remove("dropping");
    place?.classList.add("dropping");
  }

  // --- pictures ---------------------------------------------------------------------------------

  async function takePicture(place, file) {
    const problem = await prepare(file, async (blob, text, onProgress, signal) => {
      const name = `picture.${blob.type === "image/webp" ? "webp" : "png"}`;
      const kept = await send(blob, name, { use: "picture", text }, onProgress, signal);
      putPicture(place, kept, text);
    });
    tell(place, problem);
  }

  function putPicture(place, kept, text) {
    const source = partOf(place, "source");
    if (source) {
      say(source, kept.path);
      return say(partOf(place, "text"), text);
    }
    const instruction = partOf(place, "instruction");
    instruction.closest("details").open = true;
    const before = instruction.value.trimEnd();
    say(instruction, `${before}${before && "\n\n"}![${text}](../media/${kept.path})`);
  }

  // As if it had been typed, so that it is saved like everything else.
  function say(input, text) {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What the row shows, in small; what is only being typed may not be there yet.
  function showThumbs(row) {
    const thumbs = row.querySelector("[data-thumbs]");
    if (!thumbs) return;
    const text = partOf(row, "instruction")?.value || "";
    const source = partOf(row, "source")?.value || "";
    const names = [...text.matchAll(/\]\((?:\.\.\/)?media\/([^)\s]+)/g)].map((match) => match[1]);
    if (source && !source.includes("://")) names.push(source.replace(/^(\.\.\/)?media\//, ""));
    const known = new Set([...(document.getElementById("known-media")?.options || [])].map((option) => option.value));
    const shown = names.filter((name) => known.has(name));
    if (thumbs.dataset.shown === shown.join("\n")) return;
    thumbs.dataset.shown = shown.join("\n");
    thumbs.replaceChildren(...shown.map((name) => Object.assign(new Image(), { src: `/media/${name.split("/").map(encodeURIComponent).join("/")}`, alt: "", loading: "lazy" })));
  }

  // --- recordings -------------------------------------------------------------------------------

  async function takeRecording(place, file) {
    const sending = place.querySelector(".sending");
    const stop = new AbortController();
    sending.querySelector("[data-stop]").onclick = () => stop.abort();
    sending.hidden = false;
    tell(place, "");
    try {
      const bar = sending.querySelector("progress");
      const kept = await send(file, file.name, { use: "recording" }, (share) => { bar.value = share; }, stop.signal);
      say(place.querySelector("input:not([type=file])"), kept.path);
      tell(place, said.sent);
    } catch (failure) {
      tell(place, stop.signal.aborted ? "" : failure.message);
    } finally {
      sending.hidden = true;
    }
  }

  function tell(place, sentence) {
    const line = place.querySelector(".upload [role=status]");
    line.textContent = sentence;
    line.classList.toggle("error", Boolean(sentence) && sentence !== said.sent);
  }

  // --- the way to the server --------------------------------------------------------------------

  // Who leaves while a file is on its way is asked first: it would not arrive.
  const underWay = new Set();
  window.addEventListener("beforeunload", (event) => { if (underWay.size) event.preventDefault(); });

  function send(blob, name, fields, onProgress, signal) {
    return new Promise((resolve, reject) => {
      if (blob.size > Number(said.mostBytes)) return reject(new Error(said.tooLarge));
      const data = new FormData();
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      for (const [key, value] of Object.entries(fields)) data.append(key, value);
      data.append("file", blob, name);
      const request = new XMLHttpRequest(); // fetch tells no progress of what it sends
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => onProgress(event.total ? (event.loaded / event.total) * 100 : 0));
      request.addEventListener("load", () => {
        if (request.status === 201) return resolve(known(request.response));
        reject(new Error(request.response?.sentence || said.notSent));
      });
      request.addEventListener("error", () => reject(new Error(said.notSent)));
      request.addEventListener("abort", () => reject(new Error("")));
      signal.addEventListener("abort", () => request.abort());
      request.addEventListener("loadend", () => underWay.delete(request));
      request.open("POST", said.media);
      request.send(data);
      underWay.add(request);
    });
  }

  // The list that the file fields offer knows the new one, too.
  function known(kept) {
    document.getElementById("known-media")?.append(new Option(kept.path, kept.path));
    return kept;
  }
}
