"""The parts of a door, on the little router."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import ip_address
from typing import Any, Final

from appliance import clock
from appliance.attempts.attempt import Attempt
from appliance.firewall.door import tried as trying
from appliance.firewall.door.answers import Answers
from appliance.firewall.door.memory import Memory
from appliance.firewall.door.rules import Rules, Seen
from appliance.firewall.door.tried import Tried
from appliance.firewall.nft import Nft
from appliance.firewall.ruleset import removal
from appliance.firewall.told import Told
from appliance.policy.model import ReportedBlock, Target, TargetKind
from appliance.policy.snapshot import Snapshot
from tests.appliance.firewall.door.test_rules import SCHOOL
from tests.appliance.firewall.little_router import OURS, PLACES, LittleRouter
from tests.appliance.firewall.little_school import GATEWAY, KNOWN
from tests.builders import at

MAC: Final = "00:16:3e:aa:bb:cc"  # nobody's here
CLOSED: Final = Snapshot(replace(SCHOOL.contents, reported=(
    ReportedBlock(id="1", target=Target(TargetKind.HOST, "plain.example"), start=at("08:00")),
)))  # fmt: skip


class Little:
    """The parts of a door, on the little router, at an instant that tests choose."""

    def __init__(self, machines: LittleRouter) -> None:
        self.machines = machines
        machines.apply(removal())
        self.nft = machines.on_router(Nft)
        self.rules = Rules(self.nft, GATEWAY)
        self.answers = Answers(self.nft, Memory(), OURS.values())
        self.tried = Tried(self.nft, self.answers, KNOWN)
        self.seen = Seen(SCHOOL, clock.Now(at("09:30"), trusted=True), {}, {})
        self.look()

    def look(self, *, afresh: bool = True, **changed: Any) -> None:
        """Judge everything anew, to the end."""
        self.seen = replace(self.seen, **changed)
        self.machines.on_router(self.rules.look, self.seen)

        def judge() -> None:
            self.answers.begin(self.seen, self.rules.every, afresh=afresh)
            while self.answers.busy:
                self.answers.step()

        self.machines.on_router(judge)

    def hear(self, client: str, host: str, *places: str, ttl: int = 300) -> None:
        """Tell of an answer."""
        packed = tuple(ip_address(text).packed for text in places)
        who = ip_address(client).packed if client else b""
        self.machines.on_router(self.answers.hear, [Told(who, host, packed, ttl)], self.seen)
        assert self.answers.trouble == ""

    def set_of(self, name: str) -> str:
        said: str = self.machines.machines["router"].run(
            "nft", "list", "set", "inet", "bellgate", name).stdout  # fmt: skip
        return said

    def attempts(self) -> list[Attempt]:
        """Look at what was tried, after what is late has come."""
        found: list[Attempt] = []
        deadline = time.monotonic() + trying.LATE + 1.5
        while time.monotonic() < deadline:
            found += self.machines.on_router(self.tried.look, self.seen)
            time.sleep(0.05)
        return found


WEB, OTHER, STEERED = (PLACES[name][0] for name in ("web", "other", "steered"))
