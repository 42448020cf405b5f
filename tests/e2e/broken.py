"""The bellgate command with one fault in it: ``python -m tests.e2e.broken FAULT run dns ...``.

The faults live here, so that none can be switched on in what ships.
"""

from __future__ import annotations

import sys

from appliance import clock
from appliance.cli import main
from appliance.policy import engine, plan
from appliance.policy.model import Verdict
from appliance.policy.situation import Situation

HOST = "www.bbc.co.uk"


def decide() -> None:
    """Make the engine raise on one host."""
    sound = engine.judge

    def judge(situation: Situation) -> Verdict:
        if situation.query.host == HOST:
            raise RuntimeError("made to fail")
        return sound(situation)

    engine.judge = judge  # type: ignore[assignment,unused-ignore]
    plan.judge = judge  # type: ignore[attr-defined,unused-ignore]


def unsynchronised() -> None:
    """Let no time source steer the clock."""
    clock.kernel_synchronised = lambda: False


if __name__ == "__main__":
    {"decide": decide, "unsynchronised": unsynchronised}[sys.argv.pop(1)]()
    main()
