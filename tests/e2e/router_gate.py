"""The appliance as a router: ``bellgate up --gateway`` as it is typed, on the test bed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from appliance.policy.model import (
    Grant,
    Ownership,
    Sanction,
    Subject,
    SubjectKind,
    Target,
    TargetKind,
)
from appliance.policy.subjects import Device
from appliance.store import devices, grants, sanctions
from tests.e2e import names, school
from tests.e2e.bypass import LISTED
from tests.e2e.bypass_addresses import FAVOUR, FAVOURED_MAC, READ, SANCTIONED_MAC
from tests.e2e.gate import UPSTREAMS, Gate
from tests.e2e.lab import GATE4, GATE6, ROOT, Lab
from tests.e2e.waiting import until

ROLES: Final = ("pupil", "staff")


class RouterGate(Gate):
    """The gate of gateway mode: one command, supervised."""

    def __init__(self, lab: Lab, data: Path) -> None:
        super().__init__(lab, data)
        self.said = data / "up.log"

    def start(self, *_parts: str, program: Iterable[str] = ("-m", "appliance.cli")) -> None:
        """Start everything, and wait until names are answered and the rules are in force."""
        argv = ["up", "--gateway", "--data", str(self.data), "--listen", GATE4, "--listen", GATE6,
                "--uplink", "wan", "--user", "root", "--plain", *UPSTREAMS,
                "--rehearse", f"2026-11-23T{school.BREAK}",
                "--upstream-ca", str(self.lab.world_ca)]  # fmt: skip
        with self.said.open("ab") as log:
            self.processes["up"] = subprocess.Popen(
                self.lab.appliance.command(sys.executable, *program, *argv),
                stdout=log, stderr=log, cwd=ROOT,
            )  # fmt: skip
        until(self.stands, "the rules are in force", 60)
        until(lambda: self.scouted(), "steered sites are known by address", 60)
        for face in ("dns", "proxy"):
            until(lambda face=face: self.version(face) is not None, f"{face} answers", 60)  # type: ignore[misc]

    def stands(self) -> bool:
        """Whether our table is there."""
        up = self.processes["up"]
        assert up.poll() is None, f"it ended by itself: {self.said.read_text()[-3000:]}"
        return self.lab.appliance.run("nft", "list", "table", "inet", "bellgate").returncode == 0

    def scouted(self) -> bool:
        """Whether the last of the names that are looked up has been told to the kernel."""
        last = self.lab.appliance.run("nft", "get", "element", "inet", "bellgate", "steered4",
                                      f"{{ {names.ADDRESSES['www.youtube.com'][0]} }}")  # fmt: skip
        return last.returncode == 0

    def door(self) -> dict[str, Any]:
        """Return what the door says of itself."""
        return dict(json.loads((self.data / "run" / "door.json").read_text()))

    def change(self, do: Callable[[Session], object]) -> float:
        """Change the store; the firewall has followed too when this returns."""
        before = self.door()["version"]
        took = super().change(do)
        until(lambda: self.door()["version"] != before, "the firewall holds by the change", 60)
        return took

    def ruleset(self) -> str:
        """Return the rules in force, for a look beside a failure."""
        return self.lab.appliance.run("nft", "list", "ruleset").stdout

    def logs(self) -> str:
        """Return what the processes have said."""
        return self.said.read_text(errors="replace")[-6000:]


def prepare(gate: Gate, folder: Path) -> None:
    """Set up a school in which there is something to get round to."""
    school.prepare(gate, "duffield-meadows")
    listed = folder / "gambling.txt"
    listed.write_text("".join(f"{host}\n" for host in LISTED))
    done = gate.command("lists", "add", str(listed), "--category", "gambling", "--id", "gambling")
    assert done.returncode == 0, done.stderr
    gate.write(_things_to_tell_apart)


def device_id(kind: str, role: str) -> str:
    """Return the id of a device of one kind and role."""
    return f"{kind}-{role}"


def _things_to_tell_apart(session: Session) -> None:
    start = school.TERM
    for role in ROLES:
        for kind, mac in (("sanctioned", SANCTIONED_MAC), ("favoured", FAVOURED_MAC)):
            devices.add(session, Device(
                id=device_id(kind, role), name=f"A {kind} laptop", macs=(mac[role],), role=role,
                ownership=Ownership.SCHOOL, trusts_ca=True,
            ))  # fmt: skip
        sanction = Sanction(
            id="", subject=Subject(SubjectKind.DEVICE, device_id("sanctioned", role)),
            start=start, end=None, clause="7.2", text="no",
        )  # fmt: skip
        sanctions.add(session, sanction, author="dsl", reason="tried", at=start)
        grant = Grant(
            id="", subject=Subject(SubjectKind.DEVICE, device_id("favoured", role)),
            target=Target(TargetKind.HOST, FAVOUR), start=start, end=start + timedelta(days=365),
            text="for a lesson",
        )  # fmt: skip
        grants.add(session, grant, author="head", reason="for a lesson", at=start)
    school.report(session, Target(TargetKind.URL, f"{READ}/reported"))
