"""What to do about what does not work, in a sentence for whoever stands before the box. Pure."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from appliance.status.checks import Check, Level

NAMES: Final = MappingProxyType(
    {
        "gate": "The gate", "dns": "DNS", "proxy": "The proxy", "upstream": "The internet’s DNS",
        "snapshot": "The policy in force", "core": "Changes", "spool": "Attempts on their way",
        "database": "The database", "disk": "Room on the disk", "clock": "The clock",
        "calendar": "The calendar", "roles": "Roles", "lists": "Lists",
        "filter": "The accredited filter", "firewall": "The firewall",
    }
)  # fmt: skip
_ADVICE: Final = MappingProxyType(
    {
        "gate": "Start it: “bellgate up”.",
        "dns": "No device finds names. It is started again by itself; if this stays, restart the "
        "appliance, and meanwhile give out the school’s other resolver by DHCP.",
        "proxy": "Blocked and inspected sites do not open at all, all others do. It is started "
        "again by itself; if this stays, restart the appliance.",
        "firewall": "What was closed stays closed, but no bell and no sanction reaches open "
        "connections. It is started again by itself; if this stays, restart the appliance.",
        "upstream": "Look whether the school’s internet line works, and whether the resolver’s "
        "address is right.",
        "snapshot": "Restart the appliance. The policy before it stays in force until then.",
        "core": "Restart the appliance; its log says why.",
        "spool": "The core takes attempts in by itself. If this stays, look at the database.",
        "database": "Restore the latest backup: “bellgate restore”. The filter goes on meanwhile.",
        "disk": "Shorten how long the log is kept, or move to a larger card.",
        "clock": "Look whether the appliance reaches a time server (NTP).",
        "calendar": "Enter or import the school’s term dates.",
        "roles": "Give it a role that the policy knows, under Devices.",
        "lists": "Look at them under Lists: each says what is wrong.",
        "filter": "Look under Lists, Illegal content. If pupils can open what the filter should "
        "keep away, tell the safeguarding lead.",
    }
)  # fmt: skip


def name(check: Check) -> str:
    """Return what a check is about, as people call it."""
    return NAMES.get(check.name, check.name)


def advice(check: Check) -> str:
    """Return what to do; empty where nothing needs doing."""
    if check.level in (Level.GOOD, Level.NOTE):
        return ""
    return _ADVICE.get(check.name, "Look at “bellgate status” on the appliance.")


def words(checks: tuple[Check, ...]) -> tuple[str, str]:
    """Return the level (ok, amber, red) and one sentence for all of it."""
    red = [name(check) for check in checks if check.level is Level.RED]
    amber = [name(check) for check in checks if check.level is Level.AMBER]
    if red:
        return "red", f"Look at once: {_joined(red)}."
    if amber:
        return "amber", f"The filter works. To be looked at soon: {_joined(amber)}."
    if any(check.level is Level.NOTE for check in checks):
        return "ok", "Everything works. The clock is being rehearsed."
    return "ok", "Everything works."


def _joined(names: list[str]) -> str:
    said = [name[:1].lower() + name[1:] if not name.isupper() else name for name in names]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
