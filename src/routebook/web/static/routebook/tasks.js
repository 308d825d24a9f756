// A task page without reloads: what only the script makes superfluous is hidden, and focus stays where it was.
// Without this script every form still posts and comes back to its line.

const root = document.documentElement;
root.classList.add("scripted");

// The line of the checklist that took the old one's place gives the focus back to the same control.
let focused = "";
document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  const control = focused && document.getElementById(focused);
  if (control && document.activeElement === document.body) control.focus({ preventScroll: true });
  focused = "";
});

// A drawer that opens puts the cursor into its first field.
for (const drawer of document.querySelectorAll(".drawer[popover]")) {
  drawer.addEventListener("toggle", (event) => {
    if (event.newState === "open") drawer.querySelector("textarea, select, input:not([type=hidden])")?.focus();
  });
}
