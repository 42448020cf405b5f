"""What is looked at on every page, beside axe: keyboard, zoom, weight, headings."""

from __future__ import annotations

from typing import Final

from tests.admin_ui.browser import Browser
from tests.architecture.source import ROOT
from tests.e2e.waiting import until

HEAVIEST: Final = 150_000  # bytes of a page with all it loads, compressed
# Whatever can be operated and is shown; of a group of radios the keyboard stops at one.
_CONTROLS: Final = """
const groups = new Set(), found = [];
for (const e of document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
  if (e.disabled || !e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) {
    continue;
  }
  if (e.type === 'radio') {
    const group = (e.form ? e.form.action : '') + '/' + e.name;
    if (groups.has(group)) continue;
    groups.add(group);
  }
  if (found.push(e) === 120) break; // further rows of a list are like those before them
}
"""
_PREPARE: Final = (
    _CONTROLS
    + """
const of = (e) => {
  const looks = [e, e.labels && e.labels[0], e.parentElement].filter(Boolean);
  const all = looks.flatMap((l) => [getComputedStyle(l), getComputedStyle(l, '::before')]);
  return all.map((s) => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow,
    s.backgroundColor, s.borderTopWidth, s.borderColor, s.textDecorationLine].join()).join('|');
};
const before = found.map(of);
const name = (e) => e.outerHTML.slice(0, 160);
window.walked = {reached: new Set(), unseen: new Set()};
document.addEventListener('focusin', ({target}) => {
  let at = found.indexOf(target);
  if (at < 0 && target.type === 'radio') {
    at = found.findIndex((e) => e.type === 'radio' && e.name === target.name
      && e.form === target.form);
  }
  if (at < 0 || window.walked.reached.has(at)) return;  // past the end Tab begins anew
  window.walked.reached.add(at);
  if (found[at] === target && of(target) === before[at]) window.walked.unseen.add(at);
  const box = target.getBoundingClientRect();
  const shown = box.bottom > 0 && box.top < innerHeight;
  if (!shown) window.walked.unseen.add(at);
});
window.walkEnd = () => ({
  missed: found.filter((e, at) => e.isConnected && e.checkVisibility()
    && !window.walked.reached.has(at)).map(name),
  unseen: [...window.walked.unseen].map((at) => name(found[at])),
});
if (document.activeElement) document.activeElement.blur();
window.scrollTo(0, 0);
const parted = 'input[type=date], input[type=time], input[type=datetime-local]'; // day, month ...
return found.length + 6 * document.querySelectorAll(parted).length;
"""
)
_WIDE: Final = """
const limit = document.documentElement.clientWidth;
if (document.scrollingElement.scrollWidth <= limit) return [];
const inside = (e) => e.closest('.bellgate-scroll, .bellgate-chart');
return [...document.body.querySelectorAll('*')].filter((e) =>
  !inside(e) && e.checkVisibility() && e.getBoundingClientRect().right > limit + 1
).slice(0, 5).map((e) => e.outerHTML.slice(0, 160)).concat(['the page is ' +
  document.scrollingElement.scrollWidth + ' pixels wide']);
"""
_SMALL: Final = """
return [...document.querySelectorAll('a[href], button, summary, input, select')].filter((e) => {
  const flows = e.closest('p, li, td, th, dd, dt, h2, h3, span, .govuk-skip-link'); // in text
  if (!e.checkVisibility() || e.type === 'hidden' || flows) return false;
  const {width, height} = e.getBoundingClientRect();
  return (width > 0 && width < 24) || (height > 0 && height < 23.5);
}).map((e) => e.outerHTML.slice(0, 160));
"""

_FORMS: Final = """
[...document.querySelectorAll('main form[method=post]')].filter((form) => [...form.elements].some(
  (e) => ['text', 'textarea', 'password', 'email', 'radio', 'checkbox', 'select-one', 'file',
    'number', 'date', 'url', 'tel', 'search'].includes(e.type) && e.checkVisibility()))
"""
_LOADED: Final = """
const all = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind));
return Object.fromEntries(all.map((e) => [e.name, e.encodedBodySize]));
"""
_ARRIVED: Final = "return !window.walkLeft && document.readyState === 'complete'"


def keyboard(browser: Browser) -> list[str]:
    """Press Tab through the page that is open; return what it missed or did not show."""
    count = int(browser.run(_PREPARE))
    browser.tab(count + 3)
    found = browser.run("return window.walkEnd()")
    return [f"Tab does not reach {what}" for what in found["missed"]] + [
        f"focus is not seen on {what}" for what in found["unseen"]
    ]


def too_wide(browser: Browser) -> list[str]:
    """Return what makes the page scroll sideways at the size the window has."""
    return [str(line) for line in browser.run(_WIDE)]


def too_small(browser: Browser) -> list[str]:
    """Return controls that stand alone and are under 24 by 24 pixels (WCAG 2.2, 2.5.8)."""
    return [f"under 24 pixels: {line}" for line in browser.run(_SMALL)]


def headings(browser: Browser) -> list[str]:
    """Return what is wrong with the page's one main heading and its title."""
    count = browser.run("return document.querySelectorAll('h1').length")
    title = browser.driver.title
    wrong = [] if count == 1 else [f"{count} main headings"]
    return wrong + ([] if " · " in title and not title.startswith(" ·") else [f"title: {title!r}"])


def forms(browser: Browser) -> int:
    """Return how many forms of the page ask for something that is typed or chosen."""
    return int(browser.run(f"return ({_FORMS}).length"))


def send_empty(browser: Browser, number: int) -> list[str]:
    """Send one of those forms as it stands, past what the browser itself would check.

    Return what is wrong with the answer as such; the page that came is then looked at.
    """
    browser.run(
        f"const form = ({_FORMS})[arguments[0]]; form.noValidate = true; window.walkLeft = true;"
        "const button = form.querySelector('button:not([type=button]), input[type=submit]');"
        "form.requestSubmit(button);",
        number,
    )
    until(lambda: browser.run(_ARRIVED), f"the answer to form {number} is there")
    found = status(browser)
    return [f"the form sent empty is answered by {found}"] if found >= 500 else []


def status(browser: Browser) -> int:
    """Return the status with which the page that is open was answered."""
    found = "return performance.getEntriesByType('navigation')[0].responseStatus"
    return int(browser.run(found))


def weight(browser: Browser) -> int:
    """Return the bytes of the page that is open with all it loaded, as gzip sends them."""
    sizes: dict[str, int] = browser.run(_LOADED)
    return sum(_packed(name, size) for name, size in sizes.items())


def _packed(url: str, size: int) -> int:
    """Return what a file weighs as gzip, whatever this browser took it as."""
    built = ROOT / "admin_ui" / "static" / "build" / (url.rpartition("/")[2] + ".gz")
    return built.stat().st_size if "/static/build/" in url and built.exists() else size
