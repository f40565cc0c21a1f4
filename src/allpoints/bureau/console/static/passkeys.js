// Passkeys: signing in with one, and adding one to the account. The browser asks its person; the server verifies.

const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

async function asked(url) {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function answered(url, body) {
  const answer = await fetch(url, { method: "POST", body, headers: token() });
  if (!answer.ok) throw new Error(answer.statusText);
}

async function signIn(place) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked("/sign-in/passkey"));
  const credential = await navigator.credentials.get({ publicKey });
  await answered("/sign-in/passkey", JSON.stringify(credential.toJSON()));
  location.assign(place.dataset.next);
}

async function add(place) {
  const { ask, add: url } = place.dataset;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await asked(ask));
  const credential = await navigator.credentials.create({ publicKey });
  const label = place.querySelector("input")?.value ?? "";
  await answered(`${url}?label=${encodeURIComponent(label)}`, JSON.stringify(credential.toJSON()));
  location.assign(place.dataset.next);
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    const problem = place.querySelector("[role=alert]");
    place.hidden = false;
    place.querySelector("button").addEventListener("click", async () => {
      problem.hidden = true;
      try {
        await (place.dataset.ask ? add(place) : signIn(place));
      } catch (error) {
        problem.textContent = error instanceof DOMException ? problem.dataset.device : problem.dataset.refused;
        problem.hidden = false;
      }
    });
  }
}
