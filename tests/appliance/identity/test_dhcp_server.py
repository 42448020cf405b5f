"""Handing out addresses: what dnsmasq is told, and what real clients learn from it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.cli import as_user
from appliance.identity.dhcp_server import configuration
from appliance.policy.address_plan import AddressPlan
from appliance.policy.snapshot import Contents, School
from tests.builders import contents
from tests.e2e.netns import Namespace, cable

PLAN = AddressPlan(
    network="pupils", prefix="10.1.0.0/16", first="10.1.0.100", last="10.1.0.200",
    ipv6=("fd00:1::/64",),
)  # fmt: skip
LEASES = Path("/run/x/dhcp.leases")
POWER = ("net_bind_service", "net_raw", "net_admin")
PORTAL = "https://gate.school.example:8000"


def school(*plans: AddressPlan, portal: str = PORTAL) -> Contents:
    return contents(
        address_plans=plans, school=School(portal=portal), steer_ipv4=("127.0.0.1", "10.1.0.1"),
        steer_ipv6=("::1", "fd00:1::1"),
    )  # fmt: skip


def test_without_a_plan_there_is_no_configuration() -> None:
    assert configuration(school(), LEASES) == ""


def test_what_dnsmasq_is_told() -> None:
    lines = configuration(school(PLAN), LEASES, "wan0").splitlines()
    assert "port=0" in lines
    assert "except-interface=wan0" in lines
    assert "dhcp-range=set:plan0,10.1.0.100,10.1.0.200,255.255.0.0,480m" in lines
    assert "dhcp-option=tag:plan0,option:dns-server,10.1.0.1" in lines
    assert f'dhcp-option=tag:plan0,114,"{PORTAL}/captive-portal"' in lines
    assert "dhcp-range=set:plan0,fd00:1::,ra-stateless,64,480m" in lines
    assert "dhcp-option=tag:plan0,option6:dns-server,[fd00:1::1]" in lines
    assert not [line for line in lines if "option:router" in line]


def test_another_router_and_no_ipv6() -> None:
    lines = configuration(school(replace(PLAN, router="10.1.0.254", ipv6=())), LEASES)
    assert "option:router,10.1.0.254" in lines
    assert "option6" not in lines
    assert "enable-ra" not in lines


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_becomes_a_line_of_its_own(portal: str) -> None:
    plain = configuration(school(PLAN, portal=PORTAL), LEASES).splitlines()
    odd = configuration(school(PLAN, portal=portal), LEASES).splitlines()
    left = [line for line in odd if ",114," not in line and ":103," not in line]
    assert left == [line for line in plain if ",114," not in line and ":103," not in line]


# --- The real dnsmasq and real clients ---------------------------------------------------------

pytestmark_real = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("dnsmasq", "udhcpc", "ip"))),
    reason="needs root, dnsmasq-base, udhcpc and iproute2",
)
SCRIPT = """\
#!/bin/sh
env | sort > "$OUT.$1"
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev "$interface"
"""


@pytest.fixture
def line() -> Iterator[tuple[Namespace, Namespace]]:
    with contextlib.ExitStack() as stack:
        gate, child = Namespace("dhcp"), Namespace("dhcpc")
        stack.callback(child.remove)
        stack.callback(gate.remove)
        cable(gate, "lan", child, "eth0")
        gate.address("lan", "10.1.0.1/16", "fd00:1::1/64")
        gate.forward()
        child.sysctl("net.ipv6.conf.eth0.accept_ra=1", "net.ipv6.conf.eth0.autoconf=1")
        yield gate, child


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which a user without power may write."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o777)
        yield Path(made)


@contextlib.contextmanager
def handing_out(gate: Namespace, given: Contents, folder: Path) -> Iterator[Path]:
    conf, leases = folder / "dnsmasq.conf", folder / "leases"
    conf.write_text(configuration(given, leases, "wan0"))
    argv = ["dnsmasq", "--keep-in-foreground", f"--conf-file={conf}", "--log-facility=-",
            "--pid-file", "--user=root"]  # fmt: skip
    with (folder / "said").open("w") as said, subprocess.Popen(
        gate.command(*as_user.chosen("nobody").words(*POWER), *argv), stdout=said, stderr=said
    ) as running:  # fmt: skip
        try:
            yield leases
        finally:
            running.terminate()
            running.wait(10)


def until(true: Callable[[], object], folder: Path) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, (folder / "said").read_text()
        time.sleep(0.1)


@pytest.mark.namespaces
@pytestmark_real
def test_a_real_client_learns_address_router_dns_and_portal(
    line: tuple[Namespace, Namespace], folder: Path
) -> None:
    gate, child = line
    script, out = folder / "script", folder / "learned"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    with handing_out(gate, school(PLAN), folder) as leases:
        done = child.run(
            "env", f"OUT={out}", "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "20", "-T", "1",
            "-s", str(script), "-O", "114", "-x", "hostname:pad-7", timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + (folder / "said").read_text()
        learned = dict(
            row.split("=", 1) for row in (folder / "learned.bound").read_text().splitlines()
        )
        assert learned["ip"].startswith("10.1.0.1")
        assert 100 <= int(learned["ip"].rpartition(".")[2]) <= 200
        assert (learned["mask"], learned["router"]) == ("16", "10.1.0.1")
        assert learned["dns"] == "10.1.0.1"
        assert bytes.fromhex(learned["opt114"]).decode() == f"{PORTAL}/captive-portal"
        assert "pad-7" in leases.read_text()
        until(lambda: "fd00:1::" in child.ip("-6", "address", "show", "dev", "eth0"), folder)
        assert "default via fe80" in child.ip("-6", "route")
