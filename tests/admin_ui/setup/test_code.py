"""The code: it opens the wizard, no guess does, and it is of no use to whoever comes later."""

from __future__ import annotations

import pytest

from appliance.accounts import limits
from tests.admin_ui.setup.conftest import SCHOOL, TECHNICIAN, Fresh, said, went

STEPS = (
    "people", "policy", "timetable", "networks", "certificate", "emergency", "trial",
)  # fmt: skip


@pytest.mark.parametrize("path", ["", "/school", "/technician"])
def test_nobody_gets_in_without_it(fresh: Fresh, path: str) -> None:
    assert went(fresh.browser().get(f"/setup{path}")) == "/setup/code"
    assert went(fresh.browser().post(f"/setup{path or '/school'}", data=SCHOOL)) == "/setup/code"
    assert "setup.school_named" not in fresh.actions()


@pytest.mark.parametrize("name", STEPS)
def test_later_steps_wait_for_the_technician(fresh: Fresh, name: str) -> None:
    assert went(fresh.inside().get(f"/setup/{name}")).startswith("/sign-in")


def test_it_opens_the_wizard_however_it_is_typed(fresh: Fresh) -> None:
    client = fresh.browser()
    typed = fresh.code.lower().replace("-", " ")
    assert went(client.post("/setup/code", data={"code": typed})) == "/setup"
    assert "Set up the gate" in client.get("/setup").text
    assert "setup.opened" in fresh.actions()


def test_a_wrong_code_is_refused_and_ten_of_them_lock_the_address(fresh: Fresh) -> None:
    client = fresh.browser()
    for _ in range(limits.MOST):
        page = client.post("/setup/code", data={"code": "AAAA-BBBB-CCCC"})
        assert "This is not the code" in said(page)
    locked = client.post("/setup/code", data={"code": fresh.code})
    assert "Too many wrong codes" in said(locked), "even the right one"
    assert went(client.get("/setup")) == "/setup/code"
    elsewhere = client.post(
        "/setup/code", data={"code": fresh.code}, environ_base={"REMOTE_ADDR": "127.0.0.9"}
    )
    assert went(elsewhere) == "/setup", "the address is locked, not the gate"
    assert fresh.actions().count("setup.code_refused") == limits.MOST + 1


def test_it_is_used_up_by_the_first_technician(fresh: Fresh) -> None:
    one, other = fresh.inside(), fresh.inside()
    assert went(one.post("/setup/technician", data=TECHNICIAN)).startswith("/second-factor")
    assert not (fresh.data / "run" / "setup-code").exists()
    late = TECHNICIAN | {"login": "late@hazelbrook.example"}
    assert went(other.post("/setup/technician", data=late)).startswith("/sign-in")
    assert went(fresh.browser().post("/setup/code", data={"code": fresh.code})) == "/setup"
    assert went(fresh.browser().get("/setup")).startswith("/sign-in")


def test_a_forged_mark_opens_nothing(fresh: Fresh) -> None:
    client = fresh.browser()
    with client.session_transaction() as session:
        session["setup_code"] = "AAAA-BBBB-CCCC"
    assert went(client.get("/setup/school")) == "/setup/code"
    with client.session_transaction() as session:
        session["setup_code"] = 7
    assert went(client.get("/setup/school")) == "/setup/code"
