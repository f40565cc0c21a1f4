// An act that is taken back: what it had replaced on its page comes back as it was, with all that was typed.

const replaced = new Map();
const undos = (text) => [...text.matchAll(/action="(\/acts\/\d+\/undo)"/g)].map((found) => found[1]);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const button = detail.requestConfig.triggeringEvent?.submitter;
  const shown = undos(document.getElementById("undo")?.outerHTML ?? "");
  const held = undos(detail.serverResponse).find((each) => !shown.includes(each));
  // What was held in another tab comes along with anything: only what this form sent has taken its place.
  if (!button || !held || !detail.target.contains(button)) return;
  for (const [other, { region }] of replaced) if (region.id === detail.target.id) replaced.delete(other);
  replaced.set(held, { region: detail.target, button });
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const before = detail.successful && replaced.get(detail.requestConfig.path);
  const region = before && document.getElementById(before.region.id);
  if (!region) return;
  replaced.delete(detail.requestConfig.path);
  region.replaceWith(before.region);
  htmx.process(before.region);
  before.button.focus();
  // The draft was forgotten when the form was sent.
  before.button.dispatchEvent(new Event("input", { bubbles: true }));
});
