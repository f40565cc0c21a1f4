// What was refused names its field: the field is marked and gets the focus, and what was typed stays as it was.

let form = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  form = event.detail.elt.closest("form");
  form?.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  document.getElementById("problem")?.replaceChildren();
});

document.addEventListener("htmx:afterSwap", () => {
  const problem = document.querySelector("#problem[data-field]");
  const field = problem && form?.elements.namedItem(problem.dataset.field);
  if (!field || field instanceof RadioNodeList) return problem?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", "problem");
  field.focus();
});

// A line that breaks is said, and nothing that was typed is lost.
document.addEventListener("htmx:sendError", () => {
  const problem = document.getElementById("problem");
  const text = document.body.dataset.lineDown;
  if (problem && text) problem.textContent = text;
});
