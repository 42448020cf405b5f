// Watches a list that is being fetched: asks every two seconds how far it is, and loads the
// page again when it is done. It rests while nobody sees the page. Without it, the page says
// how far it was when it was opened, and a link opens it anew.
const EVERY = 2000;

const place = document.querySelector("[data-fetch]");
if (place) watch(place);

function watch(place) {
  let asking = false;
  const timer = setInterval(look, EVERY);

  async function look() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const options = { credentials: "same-origin", redirect: "error" };
      const response = await fetch(new URL(place.dataset.fetch, location.href), options);
      if (!response.ok) throw new Error(String(response.status));
      take(await response.text());
    } catch {
      say("The gate does not answer just now. This page tries again.");
    } finally {
      asking = false;
    }
  }

  function take(text) {
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-fetch]");
    if (!found) throw new Error("not a list");
    if (found.dataset.done !== undefined) {
      clearInterval(timer);
      location.reload();
      return;
    }
    const shown = place.querySelector("progress");
    const now = found.querySelector("progress");
    if (shown && now) shown.replaceWith(now);
    say(found.querySelector("[data-fetch-said]").textContent);
  }

  function say(words) {
    const said = place.querySelector("[data-fetch-said]");
    if (said.textContent !== words) said.textContent = words;
  }
}
