// The log watched live: asks for newer rows every few seconds and puts them on top. It rests
// while nobody sees the page, and while the button is pressed. Without it the page is whole.
const EVERY = 4000;
const MOST = 500; // rows kept on the page

const place = document.querySelector("[data-live]");
const body = document.querySelector("table[data-log] tbody");
if (place && body) watch(place, body);

function watch(place, body) {
  const button = place.querySelector("[data-live-pause]");
  const said = place.querySelector("[data-live-said]");
  let newest = place.dataset.newest;
  let paused = false;
  let asking = false;
  let arrived = 0;
  place.hidden = false;

  button.addEventListener("click", () => {
    paused = !paused;
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? "Go on" : "Pause";
    say(paused ? "Paused. New attempts wait." : "New attempts appear here by themselves.");
    if (!paused) look();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY);

  async function look() {
    if (paused || asking || document.hidden) return;
    asking = true;
    try {
      const url = new URL(place.dataset.live, location.href);
      url.searchParams.set("after", newest);
      const response = await fetch(url, { credentials: "same-origin", redirect: "error" });
      if (!response.ok) throw new Error(String(response.status));
      take(await response.text());
    } catch {
      say("The gate does not answer just now. This page tries again.");
    } finally {
      asking = false;
    }
  }

  function take(text) {
    const table = new DOMParser().parseFromString(text, "text/html").querySelector("table");
    if (!table) throw new Error("not a list");
    newest = table.dataset.newest;
    const rows = [...table.tBodies[0].rows].filter(({ id }) => !document.getElementById(id));
    if (!rows.length) {
      if (said.textContent.startsWith("The gate")) say("New attempts appear here by themselves.");
      return;
    }
    for (const row of rows) row.classList.add("bellgate-log__row--new");
    body.prepend(...rows);
    while (body.rows.length > MOST) body.lastElementChild.remove();
    arrived += rows.length;
    say(`${arrived} new since you opened this page.`);
  }

  function say(words) {
    if (said.textContent !== words) said.textContent = words;
  }
}
