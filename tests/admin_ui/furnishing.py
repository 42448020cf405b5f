"""The schools whose pages the walk looks at: one full of everything, one new, one with nobody."""

from __future__ import annotations

from pathlib import Path

from admin_ui import key, mailing
from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from admin_ui.signin import alarm
from appliance import clock, policy_file
from appliance.accounts import setup_code
from appliance.accounts.posts import Post
from appliance.authority.authority import ensure
from appliance.demonstration import making, staff
from appliance.policy.subjects import Network
from appliance.store import accounts, networks, policies, web_settings
from appliance.store.accounts import Account
from appliance.store.session import Store, open_store
from tests.admin_ui.conftest import School, founded
from tests.admin_ui.lists.making import fill

TEMPLATE = "duffield-meadows"


def demonstrated(data: Path) -> School:
    """Return the demonstration school in an empty directory, as ``bellgate up --demo`` has it."""
    store, now = open_store(data / "bellgate.db"), clock.real()
    gate_key = key.ensure(data)
    with store.session() as session:
        text = policy_file.template_text(TEMPLATE)
        for version in ("# as it was\n" + text, text):
            policies.set_policy(session, version, TEMPLATE, "test", "test", now)
        making.make(session, gate_key, now=now, real=now)
        hall = Network(id="hall", name="Hall", prefixes=("10.8.0.0/24",), role="pupil")
        networks.add(session, hall)
    ensure(data / "ca", ("facebook.com",), now)
    app = create_app(WebSettings(data=data, proxy=("127.0.0.1", 3128)))
    school = School(data, store, app, _holders(store))
    school.publish()
    return school


def _holders(store: Store) -> dict[Post, Account]:
    """Return for each post the account that holds the fewest besides."""
    with store.reading() as session:
        known = {account.login: account for account in accounts.list_(session)}
    found: dict[Post, Account] = {}
    for login, posts in sorted(staff.logins(), key=lambda one: len(one[1])):
        for post in posts:
            found.setdefault(post, known[login])
    return found


def furnish(school: School) -> None:
    """Bring about what only people do: something waits, was asked for, or went wrong.

    Needs CSRF to be off, as it is while a school is made for tests.
    """
    technician, dsl = school.client(Post.IT_TECHNICIAN), school.client(Post.DSL)
    for template in ("date-palm", "clarendon-cottage"):  # one to be signed, one not asked for yet
        begun = technician.post("/policy/templates", data={"template": template})
        assert begun.status_code == 303
    asked = technician.post("/policy/changes/1", data={"reason": "Agreed by the governors"})
    assert asked.status_code == 303
    gone = technician.post("/devices/id/tablet-001/remove", data={"reason": "Broken"})
    assert gone.status_code == 303
    fill(school)
    off = technician.post("/lists/id/adult-county/off", data={"reason": "Too much is on it"})
    assert off.status_code == 303
    teacher = school.accounts[Post.STAFF].id
    wanted = {"posts": [Post.STAFF.value, Post.DEPUTY_DSL.value], "reason": "Cover for a term"}
    assert technician.post(f"/accounts/{teacher}/posts", data=wanted).status_code == 303
    assert dsl.post("/reports/new", data={"answer": "illegal"}).status_code == 303
    report = {
        "staff_name": "A", "accessed_by": "B", "day-day": "20", "day-month": "11",
        "day-year": "2026", "day": ["20", "11", "2026"], "urls": "https://bad.example/x",
        "nature": "Seen by chance", "may_be_illegal": "y",
    }  # fmt: skip
    assert dsl.post("/reports/new/form", data=report).status_code == 303
    check = {"role": "pupil", "where": "Laptop 12", "what": "A test page", "result": "wrong"}
    assert dsl.post("/self-test/by-hand", data=check).status_code == 303
    mail = {
        "host": "mail.school.example", "port": 587, "tls": "starttls", "user": "",
        "sender": "gate@school.example", "web_address": "https://gate.school.example",
    }  # fmt: skip
    with school.store.session() as session:
        web_settings.put(session, mailing.KEY, mail)


def alarmed(data: Path) -> School:
    """Return a school that is being set up, whose emergency account was used."""
    school, now = founded(data), clock.real().isoformat()
    with school.store.session() as session:
        web_settings.put(session, alarm.KEY, {"first": now, "last": now, "times": 1})
    return school


def unmanned(data: Path) -> tuple[School, str]:
    """Return a gate that nobody has set up, and its setup code."""
    store, now = open_store(data / "bellgate.db"), clock.real()
    with store.session() as session:
        text = policy_file.template_text(TEMPLATE)
        policies.set_policy(session, text, TEMPLATE, "test", "test", now)
        code = setup_code.issue(session, at=now)
    school = School(data, store, create_app(WebSettings(data=data)), {})
    school.app.config["WTF_CSRF_ENABLED"] = False
    school.publish()
    return school, code
