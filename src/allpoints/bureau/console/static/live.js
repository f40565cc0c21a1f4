// One event stream for the whole browser: over HTTP/1.1 a seventh one would hang. The tab that holds the lock listens
// and tells the others. What comes never moves what one is reading: a button says how many are new.

const person = document.body.dataset.person;
const channel = person && "BroadcastChannel" in window ? new BroadcastChannel(`allpoints-${person}`) : null;

function show(said) {
  for (const region of document.querySelectorAll("[data-newest]")) {
    const button = region.querySelector("[data-news]");
    const more = said.recent.filter((number) => number > Number(region.dataset.newest)).length;
    if (!button || !more) continue;
    const text = button.firstElementChild;
    text.textContent = text.dataset.text.replace("#", more);
    button.hidden = false;
  }
  document.dispatchEvent(new CustomEvent("desk", { detail: said }));
}

// What a page asks by a timer, or because of such news, does not keep alive the session of somebody who has gone away.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.triggeringEvent || detail.triggeringEvent.type === "desk") detail.headers["x-by-itself"] = "yes";
});

function listen() {
  return new Promise((ended) => {
    const stream = new EventSource("/live");
    stream.addEventListener("desk", (event) => {
      const said = JSON.parse(event.data);
      show(said);
      channel.postMessage(said);
    });
    stream.addEventListener("over", () => {
      stream.close();
      ended();
    });
    // A frozen tab must not keep the others from hearing.
    window.addEventListener("pagehide", () => {
      stream.close();
      ended();
    });
  });
}

if (channel) {
  channel.addEventListener("message", (event) => show(event.data));
  navigator.locks?.request(`allpoints-live-${person}`, listen);
}
