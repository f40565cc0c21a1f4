// How much of the chosen files has been sent.

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest?.("form");
  const bar = form?.querySelector("progress[data-upload]");
  if (!bar || !event.detail.lengthComputable) return;
  if (![...form.querySelectorAll("input[type=file]")].some((field) => field.files.length)) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});

document.addEventListener("htmx:afterRequest", (event) => {
  for (const bar of event.target.closest?.("form")?.querySelectorAll("progress[data-upload]") ?? []) bar.hidden = true;
});
