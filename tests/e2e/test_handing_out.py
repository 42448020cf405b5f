"""A gate that hands out addresses: through its own firewall, and only where the school said so."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import school
from tests.e2e.client import Client
from tests.e2e.lab import GATE4, Lab
from tests.e2e.test_gateway import SWITCHES, GatewayUp
from tests.e2e.waiting import until

pytestmark = [
    pytest.mark.namespaces,
    pytest.mark.router,
    pytest.mark.skipif(
        not all(map(shutil.which, ("dnsmasq", "udhcpc", "nft"))),
        reason="needs dnsmasq-base, udhcpc and nftables",
    ),
]


@pytest.fixture(scope="module")
def gate(lab: Lab) -> Iterator[GatewayUp]:
    folder = Path(tempfile.mkdtemp(prefix="bellgate-dhcp-"))
    folder.chmod(0o755)
    shutil.copy(lab.world_ca, folder / "world.pem")
    lab.appliance.sysctl(*(f"{name}=0" for name in SWITCHES))
    for client in lab.clients():  # which keep the addresses that other files of tests know them by
        client.machine.sysctl("net.ipv6.conf.eth0.accept_ra=0")
    gate = GatewayUp(lab, folder / "data")
    gate.data.mkdir()
    school.prepare(gate, "duffield-meadows")
    done = gate.command("networks", "dhcp", "set", "classrooms", "10.10.0.100", "10.10.0.200")
    assert done.returncode == 0, done.stderr
    try:
        gate.start()
        yield gate
    finally:
        gate.end()
        lab.appliance.forward()  # as the other files of tests find it
        shutil.rmtree(folder)


def learned(client: Client, folder: Path) -> dict[str, str]:
    """Return what a client without an address is told; nothing where nobody answers."""
    script, out = folder / "script", folder / "out"
    out.unlink(missing_ok=True)
    script.write_text(f'#!/bin/sh\n[ "$1" = bound ] && env > {out}\nexit 0\n')
    script.chmod(0o755)
    client.machine.run(
        "udhcpc", "-i", "eth0", "-n", "-q", "-f", "-t", "3", "-T", "1", "-s", str(script),
        "-O", "114",
    )  # fmt: skip
    rows = out.read_text().splitlines() if out.exists() else []
    return dict(row.split("=", 1) for row in rows if "=" in row)


def test_a_client_gets_an_address_our_dns_and_the_portal(
    gate: GatewayUp, lab: Lab, tmp_path: Path
) -> None:
    found: dict[str, str] = {}

    def told() -> bool:
        found.update(learned(lab.pupil, tmp_path))
        return bool(found)

    until(told, "the pupil has an address", 60)
    assert 100 <= int(found["ip"].rpartition(".")[2]) <= 200
    assert (found["router"], found["dns"]) == ("10.10.0.1", GATE4)
    assert bytes.fromhex(found["opt114"]).endswith(b"/captive-portal")
    assert found["ip"] in (gate.data / "run" / "dhcp.leases").read_text()


def test_nobody_is_served_where_the_school_did_not_say_so(
    gate: GatewayUp, lab: Lab, tmp_path: Path
) -> None:
    assert learned(lab.staff, tmp_path) == {}


def test_a_change_holds_without_a_new_start(gate: GatewayUp, lab: Lab, tmp_path: Path) -> None:
    done = gate.command("networks", "dhcp", "set", "classrooms", "10.10.0.50", "10.10.0.60")
    assert done.returncode == 0, done.stderr

    def moved() -> bool:
        return 50 <= int(learned(lab.pupil, tmp_path).get("ip", "0.0").rpartition(".")[2]) <= 60

    until(moved, "the new range is handed out", 60)
