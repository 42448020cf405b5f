"""A school with one person for each post, its gate published, and browsers signed in."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from appliance import clock, policy_file
from appliance.accounts.posts import NAMES, Post
from appliance.publish.publisher import Publisher
from appliance.store import accounts, policies, settings, web_sessions
from appliance.store.account_tables import AccountRow
from appliance.store.accounts import Account
from appliance.store.session import Store, open_store
from tests.admin_ui.browser import browser, chromium  # noqa: F401  (fixtures, by name)


@dataclass
class School:
    """A data directory with a store and a snapshot, and the application on it.

    ``accounts`` has one account for each post, with the post's name as login.
    """

    data: Path
    store: Store
    app: Flask
    accounts: dict[Post, Account] = field(default_factory=dict)

    def publish(self) -> None:
        """Put what the store holds in force, as the core does within a second."""
        Publisher(self.store, self.data / "snapshot").publish_if_changed(clock.real())

    def nobody(self) -> FlaskClient:
        """Return a browser that is not signed in."""
        return self.app.test_client()

    def client(self, post: Post, *, proved: bool = True) -> FlaskClient:
        """Return a browser in which the holder of a post is signed in.

        proved: the second factor was shown just now, so that signing goes through.
        """
        return self.client_of(self.accounts[post], proved=proved)

    def client_of(self, account: Account, *, proved: bool = True) -> FlaskClient:
        """Return a browser in which an account is signed in."""
        now = clock.real()
        with self.store.session() as session:
            token = web_sessions.begin(
                session, account, at=now, address="127.0.0.1", complete=True,
                proved=now if proved else None,
            )  # fmt: skip
        client = self.app.test_client()
        client.set_cookie("bellgate", token)
        return client


def founded(data: Path, template: str = "duffield-meadows", rehearse: float = 0.0) -> School:
    """Found a school in an empty directory."""
    people = _settled(data, template, rehearse)
    app = create_app(WebSettings(data=data))
    app.config["WTF_CSRF_ENABLED"] = False  # has tests of its own, tests/admin_ui/test_csrf.py
    app.jinja_env.bytecode_cache = _compiled()  # each application would compile every page anew
    return School(data, open_store(data / "bellgate.db"), app, people)


@cache
def _compiled() -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(_kept_for_the_run("pages")))


def _kept_for_the_run(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"bellgate-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _pattern(template: str) -> tuple[Path, dict[Post, Account]]:
    """Return a school that stands ready to be copied: making one costs ten times as much."""
    data = _kept_for_the_run("school")
    people = _settle(data, template, 0.0)
    return data, people


def _settled(data: Path, template: str, rehearse: float) -> dict[Post, Account]:
    if rehearse:
        return _settle(data, template, rehearse)
    pattern, people = _pattern(template)
    shutil.copytree(pattern, data, dirs_exist_ok=True, symlinks=True)
    return dict(people)


def _settle(data: Path, template: str, rehearse: float) -> dict[Post, Account]:
    store = open_store(data / "bellgate.db")
    now = clock.real()
    people = {}
    with store.session() as session:
        text = policy_file.template_text(template)
        policies.set_policy(session, text, template, "test", "test", now)
        settings.put(session, "demo", True)
        if rehearse:
            settings.put(session, "clock_offset", rehearse)
        for post in Post:
            one = accounts.add(session, post.value, NAMES[post], [post.value], at=now)
            row = session.get(AccountRow, one.id)
            assert row is not None
            row.totp = b"sealed elsewhere"  # enrolled: pages do not ask for it again
            session.flush()
            people[post] = accounts.account(row)
    Publisher(store, data / "snapshot").publish_if_changed(now)
    store.close()
    return people


@pytest.fixture
def make_school(tmp_path: Path) -> Iterator[Callable[..., School]]:
    """Return a maker of schools: ``make_school(template="date-palm", rehearse=seconds)``."""
    made: list[School] = []

    def make(template: str = "duffield-meadows", rehearse: float = 0.0) -> School:
        data = tmp_path / f"school{len(made)}"
        data.mkdir()
        made.append(founded(data, template, rehearse))
        return made[-1]

    yield make
    for school in made:
        school.app.extensions["gate"].close()
        school.store.close()


@pytest.fixture
def school(make_school: Callable[..., School]) -> School:
    """Return a school under the default policy, at the real time."""
    return make_school()
