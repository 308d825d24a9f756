// What is pasted from elsewhere: the server reads a list or a table, the same for a paste as for the form without a script,
// and shows what would become of it.

const dialog = document.getElementById("becomes");

// Whether this is more than a few words for one field: several lines, or the cells of a table.
export function isMany(text, markup) {
  const said = text.trim();
  return said.split(/\r?\n/).filter((line) => line.trim()).length > 1 || said.includes("\t") || (!said && /<table/i.test(markup));
}

// The steps that a pasted text says: {rows: [{title, role, …}], sentence, preview, take}, or null where the server can't be asked.
export async function read(address, text, markup) {
  const data = new URLSearchParams({ op: "read", pasted: text, pasted_html: markup });
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  try {
    const response = await fetch(address, { method: "POST", body: data, headers: { "HX-Request": "true" }, redirect: "error" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// Shows what would become of it; true once the person takes it, false if they would rather not.
export function isWanted(found) {
  dialog.querySelector("[data-preview]").innerHTML = found.preview;
  dialog.querySelector(".go").textContent = found.take;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "take"), { once: true });
  });
}
