"""A gate as its first start leaves it: no account, a code on the console, a core at work."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from admin_ui.setup import progress
from appliance import clock
from appliance.accounts.posts import Post
from appliance.cli import core
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.store import accounts, audit_tables, credentials, web_sessions
from appliance.store.session import Store, open_store

PASSWORD = "violet otter climbs seven ladders"
SCHOOL = {"name": "Hazelbrook Primary School", "ask": "your teacher", "contact": "the IT room",
          "monitoring_notice": "", "local_domains": "hazelbrook.internal"}  # fmt: skip
TECHNICIAN = {"name": "T. Technician", "login": "tech@hazelbrook.example", "password": PASSWORD,
              "again": PASSWORD}  # fmt: skip
PEOPLE = {
    "headteacher_name": "H. Head", "headteacher_email": "head@hazelbrook.example",
    "dsl_name": "D. Lead", "dsl_email": "dsl@hazelbrook.example",
    "slt_lead_name": "D. Lead", "slt_lead_email": "dsl@hazelbrook.example",
    "governor_name": "G. Governor", "governor_email": "governor@hazelbrook.example",
}  # fmt: skip
NETWORKS = {"demo": "keep", "upstream": "The county’s filter", "behind": "y"}


@dataclass
class Fresh:
    """The gate, and how a person gets on with its wizard."""

    data: Path
    store: Store
    app: Flask
    code: str

    def browser(self) -> FlaskClient:
        """Return a browser that knows nothing yet."""
        return self.app.test_client()

    def inside(self) -> FlaskClient:
        """Return a browser in which the code was given."""
        client = self.browser()
        assert went(client.post("/setup/code", data={"code": self.code})) == "/setup"
        return client

    def technician(self) -> FlaskClient:
        """Return the browser of a technician, as the step before would leave it."""
        with self.store.session() as session:
            progress.mark(session, "school")
        return self.signed_in(TECHNICIAN["login"], [Post.IT_TECHNICIAN], TECHNICIAN["name"])

    def first_technician(self) -> FlaskClient:
        """Return the browser of a first technician who came all the way, code and second factor."""
        client = self.inside()
        assert went(client.post("/setup/school", data=SCHOOL)) == "/setup/technician"
        there = went(client.post("/setup/technician", data=TECHNICIAN))
        assert there.startswith("/second-factor")
        page = client.get(there, follow_redirects=True)
        assert page.request.path == "/second-factor/set-up"
        found = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", page.text)
        assert found, page.text
        code = pyotp.TOTP(found[1].replace(" ", "")).now()
        done = client.post(page.request.full_path, data={"code": code, "next": "/setup/people"})
        assert done.status_code == 200, done.text
        assert "/setup/people" in done.text
        return client

    def signed_in(self, login: str, posts: Sequence[str], name: str = "") -> FlaskClient:
        """Make an account that has a second factor, and return its browser."""
        with self.store.session() as session:
            one = accounts.add(session, login, name or login.title(), posts, at=clock.real())
            credentials.set_totp(session, one.id, b"sealed elsewhere", 0, ())
        return self.signed_in_as(login)

    def signed_in_as(self, login: str) -> FlaskClient:
        """Return a browser in which an account is signed in, wholly."""
        now = clock.real()
        with self.store.session() as session:
            account = credentials.by_login(session, login)
            assert account is not None
            token = web_sessions.begin(
                session, account, at=now, address="127.0.0.1", complete=True, proved=now
            )
        client = self.browser()
        client.set_cookie("bellgate", token)
        return client

    def actions(self) -> list[str]:
        """Return what the audit chain tells of, oldest first."""
        with self.store.reading() as session:
            rows = session.query(audit_tables.AuditRow).order_by(audit_tables.AuditRow.number)
            return [row.action for row in rows]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Fresh]:
    places = Places(tmp_path / "data")
    said = prepare(places, Ports(), None, None)
    code = next(line for line in said if line.startswith("SET UP")).rpartition(" ")[2]
    app = create_app(WebSettings(data=places.data))
    app.config["WTF_CSRF_ENABLED"] = False  # has tests of its own, tests/admin_ui/test_csrf.py
    store = open_store(places.database)
    stopping = threading.Event()
    working = threading.Thread(target=core.serve, args=(places.data, stopping))
    working.start()
    try:
        yield Fresh(places.data, store, app, code)
    finally:
        stopping.set()
        working.join(20)
        app.extensions["gate"].close()
        store.close()


def went(response: TestResponse) -> str:
    """Return where an answer sends the browser."""
    assert response.status_code == 303, response.text
    return response.location


def said(response: TestResponse) -> str:
    """Return the mistakes that a page names in its summary."""
    found = re.search(r'class="govuk-error-summary.*?</div>\s*</div>', response.text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


Form = dict[str, Any]
