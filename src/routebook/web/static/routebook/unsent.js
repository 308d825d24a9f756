// What was typed and has not reached the server stays on this device until it has, also when the tab is closed or the
// power goes. Whoever opens the form again is asked whether to bring it back; the server then merges it as any other save.

const KEY = `unsent ${location.pathname}`;
// What says nothing of what was typed: ids, tokens, and what the form began as.
const ASIDE = /^(csrfmiddlewaretoken|command|base|rev|version|bands|op|sketched|looked_at|pasted)$|^was\b|-id$/;

const asked = document.getElementById("unsent");
const key = `${KEY} ${asked?.dataset.whose}`;

// Keep the form as it stands, for the next time.
export function keepUnsent(form) {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), typed: typedIn(form) }));
  } catch {
    // The device keeps nothing for us, or has no room: the page still holds what was typed.
  }
}

export function forgetUnsent() {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept either.
  }
}

// Ask about what was kept, unless the form says the same by now.
export function askAboutUnsent(form) {
  const found = kept();
  if (!found) return;
  if (told(found.typed) === told(typedIn(form))) return forgetUnsent();
  asked.querySelector("[data-at]").textContent = new Date(found.at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  asked.hidden = false;
  asked.querySelector("[data-leave]").addEventListener("click", () => {
    forgetUnsent();
    asked.hidden = true;
  });
  asked.querySelector("[data-back]").addEventListener("click", () => {
    forgetUnsent();
    send(form, found.typed);
  });
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function typedIn(form) {
  return [...new FormData(form)].filter(([, value]) => typeof value === "string");
}

// Lines break in two ways: as typed, and as a form sends them.
function told(typed) {
  return JSON.stringify(typed.filter(([name]) => !ASIDE.test(name)).map(([name, value]) => [name, value.replace(/\r\n/g, "\n").trim()]));
}

// The whole form, sent as if no script ran: the page that comes back shows what became of it.
function send(form, typed) {
  const whole = document.createElement("form");
  whole.method = "post";
  whole.action = form.action;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const [name, value] of [...typed.filter(([name]) => !/^(csrfmiddlewaretoken|op|then)$/.test(name)), ["csrfmiddlewaretoken", token]]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    whole.append(field);
  }
  whole.hidden = true;
  document.body.append(whole);
  whole.submit();
}
