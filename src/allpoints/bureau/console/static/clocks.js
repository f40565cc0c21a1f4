// Deadlines and the seconds left to undo count down in the open.

const LOCALE = `${document.documentElement.lang}-u-nu-latn`;
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "always", style: "short" });
const two = (number) => String(number).padStart(2, "0");

function left(seconds) {
  const size = Math.abs(seconds);
  if (size < 3600) {
    const sign = seconds < 0 ? "−" : "";
    return `${sign}${Math.floor(size / 60)}:${two(Math.floor(size % 60))}`;
  }
  const [unit, length] = size < 36 * 3600 ? ["hour", 3600] : ["day", 86400];
  return relative.format(Math.trunc(seconds / length), unit);
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll("time[data-due]")) {
    const seconds = (Date.parse(clock.dateTime) - now) / 1000;
    clock.firstElementChild.textContent = left(seconds);
    clock.classList.toggle("overdue", seconds < 0);
    clock.classList.toggle("soon", seconds >= 0 && seconds < 3600);
    clock.lastElementChild.hidden = seconds >= 0;
  }
  for (const bar of document.querySelectorAll("#undo form[data-until]")) {
    const seconds = Math.ceil((Date.parse(bar.dataset.until) - now) / 1000);
    if (seconds <= 0) bar.remove();
    else bar.querySelector(".left").textContent = seconds;
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);
