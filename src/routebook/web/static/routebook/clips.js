// A clip of a work instruction plays while it is looked at, unless somebody asked for less motion: then it waits to be
// started by its own button, as it does without this file. Who stops it has stopped it.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const stopped = new WeakSet();

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) target.pause();
    else if (!still.matches && !stopped.has(target)) target.play().catch(() => {}); // a browser may refuse; the button stays
  }
}, { threshold: 0.5 });

function watch() {
  for (const clip of document.querySelectorAll("video.clip:not([data-watched])")) {
    clip.dataset.watched = "";
    clip.addEventListener("pause", () => { if (isSeen(clip)) stopped.add(clip); });
    clip.addEventListener("play", () => stopped.delete(clip));
    seen.observe(clip);
  }
}

// It pauses by itself when it leaves the page's window or its fold closes; any other pause is somebody's.
function isSeen(clip) {
  const box = clip.getBoundingClientRect();
  const middle = box.top + box.height / 2;
  return box.height > 0 && middle > 0 && middle < innerHeight;
}

still.addEventListener("change", () => { if (still.matches) for (const clip of document.querySelectorAll("video.clip")) clip.pause(); });
document.addEventListener("htmx:afterSettle", watch);
watch();
