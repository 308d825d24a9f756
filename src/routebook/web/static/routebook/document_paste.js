// A list that is pasted into a line, from a word processor, a mail or a web page: a line for each of its lines.

const MARK = /^\s*(?:(?:[-*•●○◦▪▫■□‣–—·]|o(?=\t)|\(?\d{1,3}(?:\.\d{1,3})*[.)]|\(?[a-z][.)])\s+)?(?:\[[ xX]?\]\s+|[☐☑☒]\s*)?/;

// The lines of a text without their numbers, bullets and tick boxes.
export function linesOf(text) {
  return text.split(/\r?\n/).map((line) => line.replace(MARK, "").replace(/\s+/g, " ").trim()).filter((line) => /[\p{L}\p{N}]/u.test(line));
}

// Say below the lines what was made, with a way back.
export function offerBack(rows, sentence, label, takeBack) {
  rows.querySelector(".made")?.remove();
  const made = document.createElement("p");
  made.className = "made soft";
  made.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain small";
  button.textContent = label;
  button.addEventListener("click", () => {
    made.remove();
    takeBack();
  });
  rows.querySelector("ol").after(made);
  made.append(`${sentence} `, button);
}
