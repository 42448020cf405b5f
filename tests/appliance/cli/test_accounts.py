"""``bellgate accounts``: the way back in from the console, each step in the audit chain."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from admin_ui.app import create_app
from admin_ui.settings import WebSettings
from appliance import clock
from appliance.accounts import passwords, setup_code
from appliance.cli import accounts as command
from appliance.cli import main
from appliance.cli.places import Places, Ports
from appliance.cli.setup import prepare
from appliance.store import credentials
from appliance.store.audit_tables import AuditRow
from appliance.store.session import open_store


@pytest.fixture
def data(tmp_path: Path) -> Path:
    places = Places(tmp_path / "data")
    prepare(places, Ports(web=8123), None, None)
    places.announce(Ports(web=8123))
    return places.data


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["accounts", *words, "--data", str(data)])


def done(data: Path, *words: str) -> Any:
    result = run(data, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def entries(data: Path) -> list[tuple[str, str, str, str]]:
    store = open_store(data / "bellgate.db")
    with store.reading() as session:
        rows = session.query(AuditRow).order_by(AuditRow.number)
        found = [(r.actor, r.action, r.subject, r.reason) for r in rows]
    store.close()
    return found


ADD = ("add", "t.larch@school.example", "--name", "T. Larch", "--post", "it_technician")


def test_one_is_added_with_a_link_that_the_pages_know(data: Path) -> None:
    said = done(data, *ADD, "--reason", "new colleague")
    assert said["link"].startswith("http://127.0.0.1:8123/invitation/")
    app = create_app(WebSettings(data=data))
    page = app.test_client().get(said["link"].partition(":8123")[2])
    app.extensions["gate"].close()
    assert page.status_code == 200
    (listed,) = done(data, "list")
    assert (listed["login"], listed["posts"]) == ("t.larch@school.example", ["it_technician"])
    assert listed["password"] is False
    actor, action, subject, reason = entries(data)[-1]
    assert actor.startswith("command:")
    assert (action, subject, reason) == ("account.added", "t.larch@school.example", "new colleague")


def test_the_link_is_the_one_of_the_web_pages(data: Path) -> None:
    app = create_app(WebSettings(data=data))
    with app.test_request_context():
        assert app.url_for("signin.invitation", secret="x") == f"{command.INVITATION}x"
    app.extensions["gate"].close()


def test_a_reset_takes_everything_and_gives_a_link(data: Path) -> None:
    done(data, *ADD)
    store = open_store(data / "bellgate.db")
    with store.session() as session:
        one = credentials.by_login(session, ADD[1])
        assert one is not None
        credentials.set_password(session, one.id, passwords.hashed("violet otter seven"))
        credentials.set_totp(session, one.id, b"sealed", 9, ("digest",))
    assert done(data, "reset", ADD[1])["link"]
    with store.reading() as session:
        kept = credentials.of(session, one.id)
    store.close()
    assert kept is not None
    assert (kept.password, kept.totp, kept.recovery) == (None, None, ())
    assert entries(data)[-1][1] == "account.reset"


def test_a_disabled_one_comes_back_by_a_reset(data: Path) -> None:
    done(data, *ADD)
    done(data, "disable", ADD[1])
    assert done(data, "list")[0]["enabled"] is False
    done(data, "reset", ADD[1])
    assert done(data, "list")[0]["enabled"] is True


def test_the_emergency_account_gets_a_new_password_each_time(data: Path) -> None:
    first, second = done(data, "emergency"), done(data, "emergency")
    assert first["login"] == second["login"] == "emergency"
    store = open_store(data / "bellgate.db")
    with store.reading() as session:
        one = credentials.by_login(session, "emergency")
        kept = credentials.of(session, one.id) if one else None
    store.close()
    assert kept is not None
    assert passwords.fits(kept.password, second["password"])
    assert not passwords.fits(kept.password, first["password"])
    assert [e[1] for e in entries(data)].count("account.emergency_sealed") == 2
    assert run(data, "reset", "emergency").exit_code == 2


def test_a_setup_code_only_while_there_is_no_technician(data: Path) -> None:
    said = done(data, "setup-code")
    assert said["url"] == "http://127.0.0.1:8123/setup"
    store = open_store(data / "bellgate.db")
    with store.reading() as session:
        assert setup_code.holds(session, said["code"], at=clock.real())
    store.close()
    assert (data / "run" / "setup-code").read_text().strip() == said["code"]
    done(data, *ADD)
    refused = run(data, "setup-code")
    assert refused.exit_code == 2
    assert "a technician already" in refused.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("reset", "nobody"), "there is no account 'nobody'"),
        (("disable", "nobody"), "there is no account 'nobody'"),
        (("code", "nobody"), "there is no account 'nobody'"),
        (("add", "x", "--name", "X", "--post", "king"), "'king' is not one of"),
        (("add", "a b", "--name", "X", "--post", "staff"), "login:"),
        (("add", "ab", "--name", " ", "--post", "staff"), "name:"),
    ],
)
def test_what_cannot_be_ends_with_two(data: Path, words: tuple[str, ...], message: str) -> None:
    result = run(data, *words)
    assert result.exit_code == 2
    assert message in result.output
    assert done(data, "list") == []


def test_no_code_is_printed_for_a_school_of_its_own(data: Path) -> None:
    done(data, *ADD)
    refused = run(data, "code", ADD[1])
    assert refused.exit_code == 2
    assert "only its owner" in refused.output


def test_a_demonstration_prints_what_its_accounts_sign_in_with(tmp_path: Path) -> None:
    places = Places(tmp_path / "demo")
    said = prepare(places, Ports(), None, "2026-09-04T10:35", demo=True)
    assert any(line.startswith("DEMONSTRATION") for line in said)
    assert not any(line.startswith("SET UP") for line in said), "there is a technician"
    password = next(line for line in said if line.startswith("Password")).rpartition(" ")[2]
    later = prepare(places, Ports(), None, None)
    assert f"Password of all: {password}" in later, "and again at each start"
    printed = run(places.data, "code", "technician")
    assert re.fullmatch(r"\d{6}\n", printed.output)
    app = create_app(WebSettings(data=places.data))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    page = client.post("/sign-in", data={"login": "dsl", "password": password})
    assert page.location.startswith("/second-factor")
    code = done(places.data, "code", "dsl")["code"]
    assert client.post("/second-factor", data={"code": code}).status_code == 303
    assert "Demonstration data." in client.get("/").text
    app.extensions["gate"].close()


def test_a_demonstration_is_refused_where_a_school_is(data: Path) -> None:
    done(data, *ADD)
    with pytest.raises(Exception, match="data of its own"):
        prepare(Places(data), Ports(), None, None, demo=True)
    assert len(done(data, "list")) == 1
