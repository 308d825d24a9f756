// A task page without reloads: the line of the checklist that took the old one's place gives the focus back to the
// same control. Without this script every form still posts and comes back to its line.

let focused = "";

document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.id ?? "";
});

document.addEventListener("htmx:afterSettle", () => {
  const control = focused && document.getElementById(focused);
  if (control && document.activeElement === document.body) control.focus({ preventScroll: true });
  focused = "";
});
