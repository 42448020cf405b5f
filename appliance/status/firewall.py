"""The firewall, by what its door says of itself (``run/door.json``)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from appliance.status.checks import Check, Level

FILE: Final = "door.json"
SILENT: Final = timedelta(seconds=15)  # the door speaks every two seconds; a Pi may be busy
_HOLD: Final = "The rules it left in the kernel still hold, but nothing changes them any more."


def firewall(run: Path, now: datetime) -> Check:
    """Say whether the rules are in the kernel and kept there. ``now`` is real time.

    Fails to red: a door that says nothing of itself counts as away.
    """
    try:
        said: dict[str, Any] = json.loads((run / FILE).read_text(encoding="utf-8"))
        silent = now - datetime.fromisoformat(said["at"])
        trouble, version = str(said["trouble"]), int(said["version"])
        applied, put_back = said["applied_at"] is not None, int(said["put_back"])
    except FileNotFoundError:
        return _red("The firewall's door has said nothing yet: this gate does not route.")
    except (OSError, ValueError, LookupError, TypeError):
        return _red("The firewall's door cannot be heard.")
    if silent > SILENT:
        return _red(f"The firewall's door is away. {_HOLD}")
    if trouble:
        reason = trouble.splitlines()[0]
        return _red(
            f"The kernel refuses the firewall's rules ({reason}). "
            + ("The last good ones hold." if applied else "This gate does not route.")
        )
    if not applied:
        return _red("The firewall has no rules yet: this gate does not route.")
    facts = (("snapshot", version), ("put_back", put_back))
    if put_back:
        often = "once" if put_back == 1 else f"{put_back} times"
        words = (
            f"The firewall's rules are in force (snapshot {version}), but another program took "
            f"them away {often} since the start, and they were put back: look for a firewall "
            "service of this machine that flushes nftables."
        )
        return Check("firewall", Level.AMBER, words, facts)
    words = f"The firewall's rules are in force, as of snapshot {version}."
    return Check("firewall", Level.GOOD, words, facts)


def _red(words: str) -> Check:
    return Check("firewall", Level.RED, words)
