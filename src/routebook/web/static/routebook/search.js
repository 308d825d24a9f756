// The box that finds and does: `/` or Ctrl-K opens it over any page. The cursor stays in its field; the arrows move
// through what is listed, and a screen reader hears the chosen line (the combobox pattern).

const box = document.getElementById("find");
if (box) begin(box);

function begin(box) {
  const field = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const none = box.querySelector(".find-none");
  const status = box.querySelector("[role=status]");
  const memory = `routebook.recent.${box.dataset.whose}`;
  const PAUSE = 80; // milliseconds after the last key
  let chosen = -1;
  let timer = 0;
  let question = null;
  let listed = null; // the text that what is listed belongs to

  remember();

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!slash && !k) return;
    event.preventDefault();
    open();
  });
  document.querySelector("a.find")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  // Whoever signs out on a shared computer leaves no trail.
  document.querySelector("form[action='/sign-out/']")?.addEventListener("submit", () => keep([]));

  box.querySelector("[data-close]").addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close(); // beside it
  });
  box.addEventListener("close", () => {
    clearTimeout(timer);
    question?.abort();
    field.setAttribute("aria-expanded", "false");
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", move);
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays in the field
  // Who types faster than the answer comes goes where the answer to the whole text leads, not to what stood there before.
  const form = box.querySelector("form");
  form.addEventListener("submit", async (event) => {
    const text = field.value.trim();
    if (text && text === listed && !options()[chosen]) return;
    event.preventDefault();
    if (text !== listed) await ask();
    if (text !== field.value.trim() || !box.open) return;
    if (options()[chosen]) go(options()[chosen], event);
    else if (text) form.submit();
  });

  function typing(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }

  function open() {
    if (box.open) return field.select();
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    box.showModal();
    field.focus();
    field.select();
    ask();
  }

  // Of several answers on their way, the one to the newest question counts.
  async function ask() {
    clearTimeout(timer);
    question?.abort();
    const mine = (question = new AbortController());
    const text = field.value.trim();
    try {
      const address = `${box.dataset.address}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: mine.signal, credentials: "same-origin" });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine !== question || !box.open) return;
      list.innerHTML = html;
      listed = text;
      if (!text) addRecent();
      tell(list.querySelector("[data-told]")?.textContent ?? "");
    } catch (error) {
      if (error.name === "AbortError") return;
      list.replaceChildren();
      tell(box.dataset.lost);
    }
  }

  function tell(text) {
    const any = options().length > 0;
    options().forEach((option, at) => (option.id = `find-option-${at}`));
    list.hidden = !any;
    list.scrollTop = 0;
    none.hidden = any;
    none.textContent = any ? "" : text;
    status.textContent = text;
    field.setAttribute("aria-expanded", String(any));
    choose(any && field.value.trim() ? 0 : -1);
  }

  function options() {
    return [...list.querySelectorAll("[role=option]")];
  }

  function choose(at) {
    chosen = at;
    const all = options();
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (!all[at]) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  }

  function move(event) {
    const last = options().length - 1;
    if (last < 0 || event.isComposing) return;
    const to = { ArrowDown: chosen < last ? chosen + 1 : 0, ArrowUp: chosen > 0 ? chosen - 1 : last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  }

  function go(option, event) {
    if (!option) return;
    if (event.ctrlKey || event.metaKey) return window.open(option.dataset.address, "_blank", "noopener");
    box.close();
    location.assign(option.dataset.address);
  }

  // What was open lately, in this browser only.
  function recent() {
    try {
      const found = JSON.parse(localStorage.getItem(memory) ?? "[]");
      return found.filter((one) => typeof one.title === "string" && /^\/[a-z]/.test(one.address));
    } catch {
      return [];
    }
  }

  function keep(lines) {
    try {
      localStorage.setItem(memory, JSON.stringify(lines));
    } catch {
      // A browser that keeps nothing lists nothing.
    }
  }

  function remember() {
    const title = document.querySelector("main h1")?.textContent.trim().replace(/\s+/g, " ");
    const thing = /^\/(goals|policies|processes|procedures|sops|work-instructions|runs|handoffs)\/(?!new\/|questions\/)[^/]+\/$/;
    if (!title || !thing.test(location.pathname)) return;
    const others = recent().filter((one) => one.address !== location.pathname);
    keep([{ title, address: location.pathname }, ...others].slice(0, 7));
  }

  function addRecent() {
    const lines = recent().filter((one) => one.address !== location.pathname).slice(0, 6);
    if (!lines.length) return;
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", box.dataset.recent);
    const name = document.createElement("div");
    name.className = "found-group";
    name.setAttribute("aria-hidden", "true");
    name.textContent = box.dataset.recent;
    group.append(name, ...lines.map(line));
    list.prepend(group);
  }

  function line({ title, address }) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.address = address;
    const what = document.createElement("span");
    what.className = "found-what found-title";
    what.textContent = title;
    option.append(what);
    return option;
  }
}
