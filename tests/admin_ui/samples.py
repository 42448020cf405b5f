"""The school whose pages the walk looks at, and how each page of it is come by.

A page without arguments is opened by the first of its posts. One with arguments is opened
where a link on another page leads to one; a page that nothing leads to needs a line here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from admin_ui import key, navigation
from admin_ui.access import MATRIX, Door
from admin_ui.app import create_app
from admin_ui.devices import changing
from admin_ui.settings import WebSettings
from appliance import clock, policy_file
from appliance.accounts.posts import Post
from appliance.audit.chain import Entry
from appliance.authority.authority import ensure
from appliance.demonstration import making, staff
from appliance.policy.subjects import Device, Network
from appliance.store import accounts, audit, networks, policies
from appliance.store.session import open_store
from tests.admin_ui.conftest import School

EACH = 3  # links to one page that one person follows
# Who is sent to look; the others find nothing that these do not.
ORDER = (None, Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.DSL, Post.STAFF, Post.E_SAFETY_OFFICER,
         Post.GOVERNOR, Post.AUDITOR)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One look at an address. post None: nobody is signed in.

    page: whether it is one; else a file to download, or a step to another page.
    """

    path: str
    post: Post | None = None
    page: bool = True


# Pages that no link leads to.
SAMPLES: dict[str, tuple[Visit, ...]] = {
    "log.new": (Visit("/log/new?after=0", Post.DSL),),
    "log.why": (Visit("/log/why/address/127.0.10.5", Post.DSL),),
    "signin.enrol_code": (Visit("/second-factor/set-up/code.svg", Post.STAFF, page=False),),
    "signin.invitation": (Visit("/invitation/spent"),),
}


def demonstrated(data: Path) -> School:
    """Return the demonstration school in an empty directory, as ``bellgate up --demo`` has it."""
    store, now = open_store(data / "bellgate.db"), clock.real()
    gate_key = key.ensure(data)
    with store.session() as session:
        text = policy_file.template_text("duffield-meadows")
        policies.set_policy(session, text, "duffield-meadows", "test", "test", now)
        making.make(session, gate_key, now=now, real=now)
        _lived_in(session, now)
    ensure(data / "ca", ("facebook.com",), now)
    app = create_app(WebSettings(data=data, proxy=("127.0.0.1", 3128)))
    school = School(data, store, app, _holders(store))
    school.publish()
    return school


def _lived_in(session: Session, now: datetime) -> None:
    """Give the school a network of its own, and a device that was removed."""
    networks.add(session, Network(id="hall", name="Hall", prefixes=("10.8.0.0/24",), role="pupil"))
    projector = Device(id="projector", name="Projector", macs=("00:00:5e:00:53:ff",))
    audit.append(
        session,
        Entry(at=now, actor="rowan", action="device.removed", subject="projector",
              detail={"before": changing.facts(projector)}),
    )  # fmt: skip


def _holders(store: object) -> dict[Post, accounts.Account]:
    """Return for each post the account that holds the fewest besides."""
    with store.reading() as session:  # type: ignore[attr-defined]
        known = {account.login: account for account in accounts.list_(session)}
    found: dict[Post, accounts.Account] = {}
    for login, posts in sorted(staff.logins(), key=lambda one: len(one[1])):
        for post in posts:
            found.setdefault(post, known[login])
    return found


@dataclass
class Walker:
    """Follows links as one person after another, until each page was come by."""

    school: School
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
        if endpoint in (None, "static") or endpoint in self._files or (path, post) in self._seen:
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
