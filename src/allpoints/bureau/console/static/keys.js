// Everything by keyboard: / filter, j k rows, e the row's first button, n what is new, u undo, ? help. Who speaks to the
// computer, or hits keys unmeant, turns that off in the account: it is this browser's choice, and outlives the session.

const OFF = "allpoints-keys=off";
const A_YEAR_S = 31_536_000;
const areOff = () => document.cookie.split("; ").includes(OFF);
const choice = document.querySelector("[data-keys]");

if (choice) {
  const box = choice.querySelector("input");
  box.checked = !areOff();
  box.addEventListener("change", () => {
    document.cookie = `${OFF}; path=/; samesite=strict; max-age=${box.checked ? 0 : A_YEAR_S}`;
  });
  choice.hidden = false;
}

const rows = () => [...document.querySelectorAll("[data-row] [data-open]")];

function move(step) {
  const all = rows();
  const here = document.activeElement?.closest("[data-row]")?.querySelector("[data-open]");
  const next = all[Math.min(Math.max(all.indexOf(here) + (here ? step : 1), 0), all.length - 1)];
  next?.focus();
  next?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

const keys = {
  "/": () => document.querySelector("[data-filter]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  e: () => document.activeElement?.closest("[data-row]")?.querySelector("[data-first]")?.click(),
  n: () => document.querySelector("[data-news]:not([hidden])")?.click(),
  u: () => document.querySelector("#undo button")?.click(),
  "?": () => document.dispatchEvent(new CustomEvent("open-dialog", { detail: "help" })),
};

function typing(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && event.target.matches?.("[data-filter]")) {
    event.target.blur();
    rows()[0]?.focus();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key];
  if (!act || areOff()) return;
  event.preventDefault();
  act();
});

// Where htmx replaces what has the focus, the focus goes to what took its place: the row, or else the region.
let place = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const focused = document.activeElement;
  if (focused === document.body || !event.detail.target.contains(focused)) return;
  const row = focused.closest("[data-row]");
  const at = [...document.querySelectorAll("[data-row]")].indexOf(row);
  place = { region: event.detail.target.id, id: row?.id, at };
});

document.addEventListener("htmx:afterSettle", () => {
  if (!place) return;
  const all = [...document.querySelectorAll("[data-row]")];
  const row = document.getElementById(place.id) ?? (place.at < 0 ? null : all[Math.min(place.at, all.length - 1)]);
  const region = document.getElementById(place.region);
  place = null;
  const next = row?.querySelector("[data-open]") ?? region;
  if (!next || region?.contains(document.activeElement)) return;
  if (next === region) region.tabIndex = -1;
  next.focus({ preventScroll: true });
});
