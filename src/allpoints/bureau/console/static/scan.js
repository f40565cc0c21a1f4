// The field of the page Check. A scanner types the lines of a zone and ends each with Enter: the last one asks, the ones
// before it do not. What was asked stays marked, so that the next scan takes its place.

const TOGETHER = [88, 72, 90];
const COMPLETE = [[2, 44], [2, 36], [3, 30]];

function isZone(text) {
  return /^[A-Z0-9<\s]+$/i.test(text) && text.includes("<<");
}

function isComplete(text) {
  const lines = text.split(/\s+/).filter(Boolean);
  if (lines.length === 1) return TOGETHER.includes(lines[0].length);
  return COMPLETE.some(([count, length]) => lines.length === count && lines.every((line) => line.length === length));
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !field.matches?.("[data-scan] textarea")) return;
  if (isZone(field.value) && !isComplete(field.value) && !event.ctrlKey) return;
  event.preventDefault();
  field.form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.elt.matches?.("[data-scan]") || !event.detail.successful) return;
  const field = event.detail.elt.querySelector("textarea");
  if (document.activeElement === field) field.select();
});

// How the chosen kind of number is written.
function show(select) {
  const place = document.querySelector(`[data-example-of="${select.name}"]`);
  if (place) place.textContent = select.selectedOptions[0].dataset.example;
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-shows-example]")) show(event.target);
});
document.querySelectorAll("[data-shows-example]").forEach(show);
