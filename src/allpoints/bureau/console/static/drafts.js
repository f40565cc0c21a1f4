// Typing is never lost: a form with data-draft is kept at the server shortly after each pause, and in the browser while
// the line is down or the session is over. Sent, it is forgotten; signing out forgets all.

const PAUSE_MS = 400;
const person = document.body.dataset.person;
const waiting = new Map();
let over = false;
const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
const here = (form) => `draft:${person}:${form.dataset.draft}`;
const there = (form) => `/drafts/${encodeURIComponent(form.dataset.draft)}`;

function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("_") || value instanceof File) continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function fill(form, fields) {
  for (const element of form.elements) {
    const values = fields[element.name];
    if (!element.name || element.name.startsWith("_") || element.type === "file") continue;
    if (element.type === "checkbox" || element.type === "radio") element.checked = !!values?.includes(element.value);
    else if (element.multiple) for (const each of element.options) each.selected = !!values?.includes(each.value);
    else if (values?.length) element.value = values.shift();
  }
  form.dispatchEvent(new Event("filled", { bubbles: true }));
}

async function keep(form) {
  waiting.delete(form);
  const body = JSON.stringify(typed(form));
  try {
    const answer = await fetch(there(form), { method: "PUT", body, headers: token() });
    if (!answer.ok) throw new Error(answer.statusText);
    localStorage.removeItem(here(form));
    say(form, "kept");
  } catch {
    if (over) return;
    localStorage.setItem(here(form), body);
    say(form, "here");
  }
}

function say(form, what) {
  const place = form.querySelector("[data-draft-state]");
  if (place) place.textContent = place.dataset[what] ?? "";
}

function forget(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  localStorage.removeItem(here(form));
  return fetch(there(form), { method: "DELETE", headers: token(), keepalive: true });
}

async function restore(form) {
  let text = localStorage.getItem(here(form));
  if (!text) text = await fetch(there(form)).then((answer) => (answer.ok ? answer.text() : "null"));
  const fields = JSON.parse(text);
  if (fields) {
    fill(form, fields);
    say(form, "restored");
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (over || !form?.dataset.draft) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(keep, PAUSE_MS, form));
});

// What was typed a moment before the page goes is kept as well.
window.addEventListener("pagehide", () => {
  for (const form of waiting.keys()) localStorage.setItem(here(form), JSON.stringify(typed(form)));
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.dataset?.draft && event.detail.successful) forget(form);
});

document.addEventListener("submit", (event) => {
  if (!("signsOut" in event.target.dataset)) return;
  over = true;
  waiting.forEach((timer) => clearTimeout(timer));
  waiting.clear();
  localStorage.clear();
});

if (person) document.querySelectorAll("form[data-draft]").forEach(restore);
