"""A real ``bellgate up``: the lines of its start screen work, and it keeps its children alive."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from appliance.attempts.attempt import Attempt
from tests.appliance.cli.gate_process import (
    BELLGATE,
    PERMITTED,
    PUPIL,
    STAFF,
    VISITOR,
    Gate,
    found,
    free_ports,
    gone,
    refused,
    steered,
    until,
    upstream,
)

BREAK, LESSON = "2026-11-23T10:31", "2026-11-23T09:00"


@pytest.fixture(scope="module")
def resolver() -> Iterator[int]:
    with upstream() as port:
        yield port


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, resolver: int) -> Iterator[Gate]:
    data = tmp_path_factory.mktemp("up") / "data"
    with Gate(data, resolver, "--rehearse", BREAK) as made:
        yield made.ready()


def test_the_start_screen_says_what_runs_and_what_to_try(gate: Gate) -> None:
    text = "\n".join(gate.output)
    assert "REHEARSAL CLOCK: Monday 23 November 2026, 10:31" in text
    for port in gate.ports.values():
        assert str(port) in text
    assert text.count("\nTry (") == 3
    assert "blocked, and the page says why" in text
    assert "allowed" in text


def test_the_pasted_lines_work(gate: Gate) -> None:
    lines = [line.partition("): ")[2] for line in gate.output if line.startswith("Try (")]
    pupil = subprocess.run([*shlex.split(lines[0]), "-sS"], capture_output=True, text=True)
    assert pupil.returncode == 0, pupil.stderr
    assert "<html" in pupil.stdout
    assert "7.1" in pupil.stdout
    staff = subprocess.run([*shlex.split(lines[1]), "-sS"], capture_output=True, text=True)
    assert staff.returncode == 0, staff.stderr
    assert "We cannot find this page" in staff.stdout, "allowed, but there is no internet here"
    hosts = {"www.facebook.com", "x.com"}
    until(lambda: hosts <= {row["host"] for row in gate.json("attempts")})
    rows = {(r["address"], r["host"], r["verdict"]) for r in gate.json("attempts")}
    assert (PUPIL, "www.facebook.com", "block") in rows
    assert (PERMITTED, "x.com", "allow") in rows


def test_each_role_gets_its_answer_from_dns(gate: Gate) -> None:
    for tcp in (False, True):
        assert steered(gate.lookup("www.facebook.com", PUPIL, tcp=tcp))
        assert refused(gate.lookup("www.facebook.com", VISITOR, tcp=tcp))
        passed = gate.lookup("www.example.org", PUPIL, tcp=tcp)
        assert [str(rr.rdata) for rr in passed.rr] == ["192.0.2.1"]


def test_attempts_have_every_field(gate: Gate) -> None:
    gate.curl("https://www.instagram.com/", PUPIL)
    until(lambda: any(r["host"] == "www.instagram.com" for r in gate.json("attempts")))
    row = next(r for r in gate.json("attempts") if r["host"] == "www.instagram.com")
    kept = {field.name for field in fields(Attempt)} - {"period_kind"}
    assert set(row) >= kept | {"local", "period_name"}
    assert row["clause"] == "7.1"
    assert row["role"] == "pupil"
    assert row["period"] == "break"
    assert row["local"].startswith("2026-11-23T10:")


def test_status_is_healthy_and_loud_about_the_rehearsal(gate: Gate) -> None:
    done = gate.command("status")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "REHEARSAL" in done.stdout
    said = gate.json("status")
    assert said["healthy"] is True
    assert {check["name"] for check in said["checks"]} >= {"dns", "proxy", "web", "database"}


def test_explain_asks_what_is_enforced(gate: Gate) -> None:
    said = gate.json("explain", "https://x.com/", "--client", PERMITTED)
    assert (said["verdict"], said["period"], said["rehearsal"]) == ("allow", "break", True)


def test_a_grant_is_enforced_within_a_second_and_a_revoked_one_no_more(gate: Gate) -> None:
    def blocked() -> bool:
        return "6.8" in gate.curl("https://www.pinterest.com/", PUPIL).stdout

    assert blocked()
    before = gate.enforced()
    added = gate.json("grants", "add", "--service", "pinterest", "--for", "role:pupil",
                      "--until", "today", "--reason", "test")  # fmt: skip
    until(lambda: gate.enforced() > before, 1.0)
    until(lambda: not blocked(), 5.0)
    assert [g["id"] for g in gate.json("grants", "list")] == [added["id"]]
    before = gate.enforced()
    assert gate.command("grants", "revoke", added["id"]).returncode == 0
    until(lambda: gate.enforced() > before, 1.0)
    until(blocked, 5.0)
    assert gate.json("grants", "list") == []


@pytest.mark.parametrize("name", ["core", "dns", "proxy", "web"])
def test_a_killed_child_comes_back_and_is_right(gate: Gate, name: str) -> None:
    pid = gate.children()[name]
    os.kill(pid, signal.SIGKILL)
    until(lambda: gate.children().get(name, pid) != pid)
    until(lambda: gate.command("status").returncode == 0)
    assert steered(gate.lookup("www.facebook.com", PUPIL))
    assert "7.1" in gate.curl("https://www.facebook.com/", PUPIL).stdout


def test_the_bell_changes_the_verdict(gate: Gate) -> None:
    assert gate.json("explain", "x.com", "--client", PERMITTED)["verdict"] == "allow"
    moved = gate.command("clock", "rehearse", "2026-11-23T10:49:58")
    assert moved.returncode == 0, moved.stderr
    until(lambda: "10:49" in gate.json("clock")["at"] or "10:50" in gate.json("clock")["at"], 5)

    def page() -> str:
        return gate.curl("https://x.com/", PERMITTED).stdout

    until(lambda: "5.7" in page(), 10)
    assert gate.command("clock", "rehearse", BREAK).returncode == 0
    until(lambda: "5.7" not in page(), 10)


def test_a_second_gate_on_the_same_data_or_ports_is_refused(gate: Gate, tmp_path: Path) -> None:
    ports = free_ports(5)
    with Gate(gate.data, 53, ports=ports) as second:
        assert second.process.wait(30) == 2
        second.stop()
        assert "another gate runs" in "\n".join(second.output)
    taken = [gate.ports["dns"], *ports[1:]]
    with Gate(tmp_path / "new", 53, ports=taken) as third:
        assert third.process.wait(30) == 2
        third.stop()
        said = "\n".join(third.output)
    assert f"port {gate.ports['dns']}" in said
    assert "--dns-port" in said
    assert not (tmp_path / "new").exists(), "nothing is made before the ports are known to be free"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_carries_on(
    tmp_path: Path, resolver: int, how: signal.Signals
) -> None:
    data = tmp_path / "data"
    with Gate(data, resolver, "--rehearse", LESSON) as first:
        first.ready()
        first.curl("https://www.facebook.com/", STAFF)
        pids = list(first.children().values())
        assert len(pids) == 4
        assert first.stop(how) == 0
        assert all(gone(pid) for pid in pids)
        assert "Traceback" not in "\n".join(first.output)
    root = (data / "ca" / "root.pem").read_bytes()
    ports = list(first.ports.values())
    with Gate(data, resolver, "--template", "date-palm", ports=ports) as second:
        second.ready()
        text = "\n".join(second.output)
        assert "The policy is now date-palm (it was duffield-meadows)." in text
        assert "clock is real again" in text
        assert any(row["host"] == "www.facebook.com" for row in second.json("attempts"))
        assert (data / "ca" / "root.pem").read_bytes() == root


def test_a_damaged_database_stops_no_face(tmp_path: Path, resolver: int) -> None:
    data = tmp_path / "data"
    with Gate(data, resolver, "--rehearse", BREAK) as first:
        first.ready()
    for left in data.glob("bellgate.db*"):
        left.unlink()
    (data / "bellgate.db").write_bytes(b"nothing of the kind" * 999)
    with Gate(data, resolver, ports=list(first.ports.values())) as second:
        second.ready()
        assert f"AMBER: {data / 'bellgate.db'}" in "\n".join(second.output)
        assert steered(second.lookup("www.facebook.com", PUPIL))
        assert second.stop() == 0
        assert "Traceback" not in "\n".join(second.output)


def test_children_of_a_killed_supervisor_do_not_live_on(tmp_path: Path, resolver: int) -> None:
    with Gate(tmp_path / "data", resolver) as made:
        made.ready()
        pids = list(made.children().values())
        made.process.kill()
        until(lambda: all(gone(pid) for pid in pids), 10)


def test_bad_flags_end_before_anything_starts(tmp_path: Path) -> None:
    for flags, message in (
        (("--template", "no-such"), "there are: duffield-meadows"),
        (("--rehearse", "teatime"), "--rehearse"),
        (("--upstream", "dns.example"), "--upstream"),
        (("--listen", "192.0.2.77"), "--dns-port"),
        (("--dns-port", "8000"), "given twice"),
    ):
        done = subprocess.run(
            [*BELLGATE, "up", "--data", str(tmp_path / "d"), *flags],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 2, (flags, done.stdout)
        assert message in done.stderr


def test_output_to_a_pipe_is_plain(gate: Gate) -> None:
    assert not any("\x1b" in line for line in gate.output)
    assert found(r"DNS: (\S+) port", "\n".join(gate.output)) == "127.0.0.1"
    with socket.create_connection(("127.0.0.1", gate.ports["web"]), 5) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"200" in sock.recv(100)
