"""The school whose pages the walk looks at, and how each page of it is come by.

A page without arguments is opened by the first of its posts. One with arguments is opened
where a link on another page leads to one; a page that nothing leads to needs a line here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from admin_ui import navigation
from admin_ui.access import MATRIX, Door
from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School

EACH = 5  # links to one page that one person follows
# Who is sent to look; the others find nothing that these do not.
ORDER = (None, Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.DSL, Post.STAFF, Post.E_SAFETY_OFFICER,
         Post.GOVERNOR, Post.AUDITOR)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One look at an address. post None: nobody is signed in.

    page: whether it is one; else a file to download, or a step to another page. after: what
    has to be sent before, where a page comes after another one.
    """

    path: str
    post: Post | None = None
    page: bool = True
    after: tuple[str, str, str] | None = None  # where to, the field, what is in it


# Pages that no link leads to, and what is no page.
SAMPLES: dict[str, Visit] = {
    "doctor.export": Visit("/self-test/export/csv", Post.IT_TECHNICIAN, page=False),
    "lists.progress": Visit("/lists/id/drugs-county/progress", Post.IT_TECHNICIAN, page=False),
    "log.export": Visit("/log/export/csv", Post.DSL, page=False),
    "log.new": Visit("/log/new?after=0", Post.DSL, page=False),  # rows alone, for the live log
    "log.why": Visit("/log/why/person/kiki-knapweed", Post.DSL),
    "policy.diff": Visit("/policy/compare?a=1&b=2", Post.IT_TECHNICIAN),
    "reports.form": Visit("/reports/new/form", Post.STAFF, after=("/reports/new", "answer", "no")),
    "requests.bulk": Visit("/requests/bulk?id=R3&id=R9&id=R2", Post.IT_TECHNICIAN),
    "signin.enrol_code": Visit("/second-factor/set-up/code.svg", Post.STAFF, page=False),
    "signin.invitation": Visit("/invitation/spent"),
    "signin.link": Visit("/sign-in/link/spent"),
    "signin.provider_back": Visit("/sign-in/provider/back", page=False),
    "signin.provider_start": Visit("/sign-in/provider", page=False),
}
# Pages of a gate that nobody has set up, by whoever has its code.
UNMANNED = {f"setup.{name}": Visit(f"/setup/{name}") for name in ("code", "school", "technician")}


@dataclass
class Walker:
    """Follows links as one person after another, until each page was come by.

    areas: what the names of the endpoints begin with that are looked for.
    """

    school: School
    areas: tuple[str, ...] = ("",)
    found: dict[str, list[Visit]] = field(default_factory=dict)
    _seen: set[tuple[str, Post | None]] = field(default_factory=set)
    _opened: Counter[tuple[str, Post | None]] = field(default_factory=Counter)
    _files: set[str] = field(default_factory=set)

    def walk(self) -> dict[str, list[Visit]]:
        """Return for each endpoint the ways that lead to it."""
        for post in ORDER:
            client = self.school.nobody() if post is None else self.school.client(post)
            waiting = list(self._starts(post))
            while waiting:
                path = waiting.pop()
                if self._leads_on(path, post):
                    waiting += self._links(client, path, post)
        return self.found

    def _starts(self, post: Post | None) -> Iterator[str]:
        """Yield the front page of each area, and pages that nobody before could open."""
        fronts = {endpoint for _, endpoint in navigation.SIGNED_IN}
        for rule in self.school.app.url_map.iter_rules():
            line = MATRIX.get(rule.endpoint, frozenset())
            may = line is Door.EVERYBODY if post is None else isinstance(line, Door) or post in line
            plain = not rule.arguments and "GET" in (rule.methods or ())
            if may and plain and (rule.endpoint in fronts or rule.endpoint not in self.found):
                yield str(rule.rule)

    def _leads_on(self, path: str, post: Post | None) -> bool:
        """Whether to open a link: an address not seen yet, of a page not seen often."""
        endpoint = self._endpoint(path)
        if endpoint is None or not endpoint.startswith(self.areas) or endpoint in self._files:
            return False
        if endpoint == "static" or endpoint in SAMPLES or (path, post) in self._seen:
            return False
        self._seen.add((path, post))
        self._opened[str(endpoint), post] += 1
        return self._opened[str(endpoint), post] <= EACH

    def _links(self, client: FlaskClient, path: str, post: Post | None) -> Iterator[str]:
        endpoint = self._endpoint(path)
        with client.get(path) as answer:
            if answer.status_code != 200 or endpoint is None:
                return
            page = answer.mimetype == "text/html"
            self.found.setdefault(endpoint, []).append(Visit(path, post, page))
            if not page:
                self._files.add(endpoint)  # one of it is enough
                return
            text = answer.text
        for href in re.findall(r'href="([^"]+)"', text):
            parts = urlsplit(unescape(href))
            if not parts.scheme and not parts.netloc and parts.path.startswith("/"):
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def _endpoint(self, path: str) -> str | None:
        adapter: MapAdapter = self.school.app.url_map.bind("localhost")
        try:
            return str(adapter.match(urlsplit(path).path, method="GET")[0])
        except (HTTPException, RequestRedirect):
            return None
