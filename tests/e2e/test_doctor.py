"""The self-test where the gate really stands: on an address of a school's network, not loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.gate import Gate
from tests.e2e.lab import ROOT, Lab

pytestmark = pytest.mark.namespaces


def doctor(gate: Gate, lab: Lab) -> tuple[int, dict[str, Any]]:
    """Run ``bellgate doctor`` on the appliance; return its exit code and what it said."""
    command = (sys.executable, "-m", "appliance.cli", "doctor", "--json", "--data", str(gate.data))
    done = subprocess.run(
        lab.appliance.command(*command), capture_output=True, text=True, cwd=ROOT, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def red(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in said["results"] if one["level"] == "red"]


def test_each_network_is_tried_as_its_own_and_all_is_well(gate: Gate, lab: Lab) -> None:
    code, said = doctor(gate, lab)
    assert red(said) == []
    assert code == 0
    roles = {one["role"] for one in said["results"] if one["network"]}
    assert roles == {"pupil", "staff", "visitor"}
    about = {(one["role"], one["about"]): one for one in said["results"] if one["network"]}
    assert about["pupil", "Facebook"]["found"] == "blocked"
    assert "the page says why" in about["pupil", "Facebook"]["words"]
    assert about["visitor", "Facebook"]["found"] == "blocked"
    # The little internet knows few helplines: the gate lets each pass all the same.
    helplines = [one for one in said["results"] if one["about"] == "Helpline"]
    assert {one["found"] for one in helplines} <= {"open", "no such name"}


def test_nobody_is_on_record_for_it(gate: Gate, lab: Lab) -> None:
    doctor(gate, lab)
    lab.pupil.curl("https://www.facebook.com/")
    addresses = {one["address"] for one in json.loads(gate.command("attempts", "--json").stdout)}
    assert addresses <= {"10.10.0.5", "fd00:10::5"}


def test_no_client_can_stand_in_for_another(gate: Gate, lab: Lab) -> None:
    """Even with the key in hand: it counts from the appliance itself alone."""
    from appliance.identity import stand_in

    said = stand_in.saying(gate.data / "run", "10.20.0.7")
    assert said is not None
    answer = lab.visitor.dig("x.com", "A", "IN", f"+ednsopt={stand_in.EDNS_OPTION}:{said.hex()}")
    assert answer.status == "NXDOMAIN"
    field = f"{stand_in.HEADER}: {said.hex()}"
    through = ("--proxy", "http://10.9.0.1:3128", "--proxy-header", field)
    assert not lab.visitor.curl("https://x.com/", *through).from_origin
    assert lab.staff.curl("https://x.com/", "--proxy", "http://10.9.0.1:3128").from_origin


def test_a_proxy_that_hangs_is_named_with_what_to_do(gate: Gate, lab: Lab) -> None:
    pid = gate.processes["proxy"].pid
    os.kill(pid, signal.SIGSTOP)
    try:
        code, said = doctor(gate, lab)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert code == 1
    proxy = next(one for one in said["results"] if one["about"] == "Proxy")
    assert (proxy["level"], proxy["todo"].partition(":")[0]) == ("red", "The proxy is down")
