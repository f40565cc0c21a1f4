// Dialogs, opened by a button that names one or by its key. Escape closes; the focus returns where it was.

let before = null;

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  before = document.activeElement;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) open(opener.dataset.opens);
});

document.addEventListener("open-dialog", (event) => open(event.detail));

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("close", () => before?.focus());
}

// A menu of the header closes by Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("header.top details[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("header.top details[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
