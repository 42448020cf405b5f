"""``bellgate up --gateway`` as it is typed: who has power, what is led where, what faults cost."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from appliance.policy.model import Target, TargetKind
from appliance.store import accounts, credentials, web_sessions
from tests.e2e import names, netns, school
from tests.e2e.gate import UPSTREAMS, Gate
from tests.e2e.lab import GATE4, GATE6, ROOT, Lab
from tests.e2e.ticker import Ticker
from tests.e2e.waiting import until

pytestmark = pytest.mark.namespaces

NET_ADMIN: Final = 1 << 12  # capabilities(7)
SWITCHES: Final = ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")
FAMILIES: Final = (4, 6)


class GatewayUp(Gate):
    """The whole gate by one command, its parts as somebody without power."""

    def start(self, *more: str, program: Any = None) -> None:
        argv = ["up", "--gateway", "--data", str(self.data), "--listen", GATE4, "--listen", GATE6,
                "--manage", "10.20.0.0/24", "--manage", "fd00:20::/64", "--plain", *UPSTREAMS,
                "--rehearse", f"2026-11-23T{school.BREAK}", "--user", self.user,
                "--upstream-ca", str(self.data.parent / "world.pem"), *more]  # fmt: skip
        with (self.data / "up.log").open("ab") as log:
            self.processes["up"] = subprocess.Popen(
                self.lab.appliance.command(sys.executable, "-m", "appliance.cli", *argv),
                stdout=log, stderr=log, cwd=ROOT,
            )  # fmt: skip
        until(self.routes, "it routes", 60)
        for face in ("dns", "proxy"):
            until(lambda f=face: self.version(f) is not None, f"{face} answers", 60)  # type: ignore[misc]

    @property
    def user(self) -> str:
        """Whom the parts run as: nobody, where nobody may read this program."""
        trial = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
                 sys.executable, "-c", "import appliance.cli.run"]  # fmt: skip
        return "root" if subprocess.run(trial, cwd=ROOT, check=False).returncode else "nobody"

    def routes(self) -> bool:
        up = self.processes["up"]
        assert up.poll() is None, self.logs()
        return self.switches() == ["1", "1"]

    def switches(self) -> list[str]:
        return self.lab.appliance.run("sysctl", "-n", *SWITCHES).stdout.split()

    def door(self) -> dict[str, Any]:
        return dict(json.loads((self.data / "run" / "door.json").read_text()))

    def children(self) -> dict[str, int]:
        """Return the process of each part."""
        found = {}
        for pid in netns.ip("netns", "pids", self.lab.appliance.name).split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            if "run" in words and str(self.data) in words:
                found[words[words.index("run") + 1]] = int(pid)
        return found

    def firewall(self) -> str:
        """Return how the firewall is, as the appliance's own technician is told."""
        done = self.lab.appliance.run(
            sys.executable, "-m", "appliance.cli", "status", "--json", "--data", str(self.data)
        )
        checks = json.loads(done.stdout)["checks"]
        return next(str(one["level"]) for one in checks if one["name"] == "firewall")

    def stands(self) -> bool:
        listed = self.lab.appliance.run("nft", "list", "chain", "inet", "bellgate", "onward")
        return "jump" in listed.stdout


def signed_in(gate: GatewayUp, post: str) -> str:
    """Return what the browser of somebody with this post keeps, signed in by both factors."""
    made: list[str] = []

    def begin(session: Session) -> None:
        now = datetime.now(UTC)
        one = accounts.add(session, post, "H. Head", [post], at=now)
        credentials.set_totp(session, one.id, b"sealed elsewhere", 0, ())
        holder = accounts.get(session, one.id)
        assert holder is not None
        made.append(web_sessions.begin(
            session, holder, at=now, address="", complete=True, proved=now,
        ))  # fmt: skip

    gate.write(begin)
    return made[0]


@pytest.fixture(scope="module")
def gate(lab: Lab) -> Iterator[GatewayUp]:
    # Not below pytest's own folder, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="bellgate-gateway-"))
    folder.chmod(0o755)
    shutil.copy(lab.world_ca, folder / "world.pem")
    lab.appliance.sysctl(*(f"{name}=0" for name in SWITCHES))
    gate = GatewayUp(lab, folder / "data")
    gate.data.mkdir()
    school.prepare(gate, "duffield-meadows")
    try:
        gate.start()
        for client in (lab.pupil, lab.staff):
            client.trust(lab.folder, lab.world_ca, gate.root_ca)
        yield gate
    finally:
        gate.end()
        lab.appliance.forward()  # as the other files of tests find it
        shutil.rmtree(folder)


def to(host: str, family: int) -> str:
    return names.ADDRESSES[host][family == 6]


def by_hosts_file(host: str, family: int, at: str = "") -> tuple[str, str]:
    address = to(at or host, family)
    return "--resolve", f"{host}:443:{f'[{address}]' if family == 6 else address}"


def ticking(lab: Lab, host: str, family: int) -> Ticker:
    """Open a download that goes on, to where DNS says that the host is."""
    kind = {4: "A", 6: "AAAA"}[family]
    sock = lab.pupil.tls(host, lab.pupil.dig(host, kind).answers[-1])
    sock.sendall(f"GET /stream HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    ticker = Ticker(sock)
    until(lambda: ticker.ticks > 1, "it ticks", 30)
    return ticker


def test_the_door_alone_keeps_one_power(gate: GatewayUp) -> None:
    children = gate.children()
    assert children.keys() >= {"door", "core", "dns", "proxy", "web"}
    uid = pwd.getpwnam(gate.user).pw_uid
    for part, pid in children.items():
        said = Path(f"/proc/{pid}/status").read_text().splitlines()
        fields = {line.partition(":")[0]: line.split()[1:] for line in said}
        power = NET_ADMIN if part == "door" else 0
        for kind in ("CapEff", "CapPrm", "CapBnd"):
            assert int(fields[kind][0], 16) == power, (part, kind)
        assert fields["Uid"] == [str(uid)] * 4
        assert fields["Groups"] == []
        assert fields["NoNewPrivs"] == ["1"]
    assert {path.stat().st_uid for path in gate.data.rglob("*")} <= {uid, 0}
    assert (gate.data / "bellgate.db").stat().st_uid == uid


@pytest.mark.parametrize("server", [names.DNS4, names.DNS6, "8.8.8.8", "2001:4860:4860::8888"])
@pytest.mark.parametrize("how", ["+notcp", "+tcp"])
def test_whoever_is_asked_we_answer(gate: GatewayUp, lab: Lab, server: str, how: str) -> None:
    assert lab.pupil.dig("www.facebook.com", "A", how, at=server).answers == (GATE4,)
    assert lab.visitor.dig("www.facebook.com", "A", how, at=server).status == "NXDOMAIN"
    assert lab.visitor.dig("www.bbc.co.uk", "AAAA", how, at=server).answers == (
        to("www.bbc.co.uk", 6),
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_a_hosts_file_leads_to_the_proxy_which_reads_the_name(
    gate: GatewayUp, lab: Lab, family: int
) -> None:
    until(lambda: gate.door()["steered"] >= 10, "the sites' own addresses are known", 60)
    closed = lab.pupil.curl("https://www.facebook.com/", *by_hosts_file("www.facebook.com", family))
    assert closed.status == 403
    # At the same address a name that is open is open, at the address that the resolver gives.
    place = by_hosts_file("plain.example.com", family, at="www.facebook.com")
    assert (
        lab.pupil.curl("https://plain.example.com/", *place).said["at"]
        in (names.ADDRESSES["plain.example.com"])
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_answered_is_no_sign_and_what_was_not_is(
    gate: GatewayUp, lab: Lab, family: int
) -> None:
    assert lab.pupil.curl("https://www.gov.uk/", f"-{family}").from_origin
    unasked = to("strict.bing.com" if family == 4 else "www.ecosia.org", family)
    address = (lab.pupil.address4, lab.pupil.address6)[family == 6]
    with lab.pupil.connect(unasked, 80), lab.pupil.connect(to("www.gov.uk", family), 80):
        pass
    row = gate.attempt_on(unasked)
    assert row["address"] == address
    assert (row["layer"], row["signal"], row["verdict"]) == ("packet", "unanswered", "allow")
    assert unasked in row["evidence"]
    hosts = {row["host"] for row in gate.attempts() if row["layer"] == "packet"}
    assert not hosts & {to("www.gov.uk", 4), to("www.gov.uk", 6), "www.gov.uk"}


def test_sanctuary_is_never_written_down(gate: GatewayUp, lab: Lab) -> None:
    host = "www.childline.org.uk"
    assert lab.pupil.curl(f"https://{host}/").from_origin
    with pytest.raises(OSError):
        lab.pupil.connect(to(host, 4), 1194)  # refused, but told to nobody
    with pytest.raises(OSError):
        lab.pupil.connect(to("x.com", 4), 1194)
    gate.attempt_on(to("x.com", 4))
    assert not [row for row in gate.attempts() if row["host"] in (host, *names.ADDRESSES[host])]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_report_closes_is_cut_and_nothing_else(
    gate: GatewayUp, lab: Lab, family: int
) -> None:
    host = {4: "plain.example.com", 6: "en.m.wikipedia.org"}[family]
    closed, other = ticking(lab, host, family), ticking(lab, "www.bbc.co.uk", family)
    took = gate.change(lambda session: school.report(session, Target(TargetKind.HOST, host)))
    changed = time.monotonic() - took
    until(lambda: closed.ended_at is not None, "it is cut", 30)
    assert closed.ended_at is not None
    assert closed.ended_at - changed < 1.5  # of which the publishing has one second
    before = other.ticks
    until(lambda: other.ticks > before + 2, "the other one goes on", 30)
    # A new connection to where it was is led to the proxy, which tells why it is closed.
    page = lab.pupil.curl(f"https://{host}/", *by_hosts_file(host, family), "--insecure")
    assert not page.from_origin
    closed.close()
    other.close()


def test_a_door_that_dies_leaves_the_rules_and_what_it_knew_lives_on(
    gate: GatewayUp, lab: Lab
) -> None:
    open_thing = ticking(lab, "en.wikipedia.org", 4)
    until(lambda: gate.door()["kept"], "what was answered is kept for the next door", 30)
    before = gate.door()
    assert before["answered"] > 0
    os.kill(gate.children()["door"], signal.SIGKILL)
    assert gate.stands()
    assert lab.pupil.dig("m.facebook.com", at="8.8.8.8").answers == (GATE4,)
    until(lambda: gate.door()["pid"] != before["pid"] and gate.door()["applied_at"], "back", 60)
    until(lambda: gate.door()["answered"] > 0, "it knows what was answered", 30)
    target = Target(TargetKind.HOST, "en.wikipedia.org")
    gate.change(lambda session: school.report(session, target))
    until(lambda: open_thing.ended_at is not None, "what it was told of before is cut", 30)
    open_thing.close()


def test_rules_that_somebody_flushed_come_back(gate: GatewayUp, lab: Lab) -> None:
    lab.appliance.run("nft", "flush", "ruleset")
    assert not gate.stands()
    until(gate.stands, "the rules are back", 30)
    until(lambda: gate.door()["put_back"] > 0, "it is said", 30)
    assert gate.firewall() == "amber"
    assert lab.pupil.dig("www.facebook.com", at="8.8.8.8").answers == (GATE4,)


def test_everybody_sees_the_portal_and_those_who_manage_the_rest(gate: GatewayUp, lab: Lab) -> None:
    """The management network is the staff's here; a head on a pupils' computer is staff there."""
    token = signed_in(gate, "headteacher")
    for address in (GATE4, f"[{GATE6}]"):
        at = f"http://{address}:8000"
        until(lambda at=at: lab.pupil.curl(at).status == 200, "it answers", 30)  # type: ignore[misc]
        for client in (lab.pupil, lab.staff):
            for path in ("/", "/here", "/ca", "/help", "/sign-in"):
                assert client.curl(at + path).status == 200, path
        assert lab.staff.curl(at + "/devices").status == 303  # to sign in
        refused = lab.pupil.curl(at + "/devices")
        assert refused.status == 403
        assert "management network only" in refused.body
        cookie = ("--cookie", f"bellgate={token}")
        assert lab.staff.curl(at + "/accounts", *cookie).status == 200
        assert lab.pupil.curl(at + "/accounts", *cookie).status == 403
        assert lab.pupil.curl(at + "/requests", *cookie).status == 200
        proxied = lab.pupil.curl(at + "/devices", "--proxy", f"http://{address}:3128", *cookie)
        assert proxied.status == 502  # the proxy leads nobody to the gate itself


def test_an_end_in_order_puts_the_machine_back(gate: GatewayUp, lab: Lab) -> None:
    gate.end("up")
    assert gate.switches() == ["0", "0"]
    assert "bellgate" not in lab.appliance.run("nft", "list", "tables").stdout
    space = lab.appliance.run("stat", "-L", "-c", "%i", "/proc/self/ns/net").stdout.strip()
    assert not Path("/run/bellgate", f"forwarding-{space}.json").exists()
