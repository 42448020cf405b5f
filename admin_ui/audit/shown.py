"""What a reader of the audit chain sees of an entry. Pure.

The chain tells who looked at whose log, and who reported what: names that the technician
has no business with (role matrix of the standards, section 4). Such an entry keeps its
number, time, author, action and digest for them; whom it was about, why, and the details
are withheld.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from appliance.accounts.posts import Post
from appliance.audit.chain import Entry, Link

WITHHELD: Final = "withheld from your post"
# Areas whose entries name the people who were looked at or reported.
NAMING: Final = frozenset({"log", "report", "concern", "note", "sanction", "signal"})
READERS: Final = frozenset(
    {Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.DSL, Post.DEPUTY_DSL, Post.AUDITOR}
)
AREAS: Final[dict[str, str]] = {
    "sign_in": "Sign-in", "account": "Accounts", "passkey": "Passkeys", "setup": "Setup",
    "emergency": "Emergency account", "request": "Requests", "permission": "Standing permissions",
    "activity": "Curriculum activities", "report": "Reports", "log": "Attempt log",
    "sanction": "Sanctions", "signal": "Signals",
    "device": "Devices", "network": "Networks", "group": "Groups", "person": "People",
    "policy": "Policy", "calendar": "Calendar", "timetable": "Timetable", "review": "Reviews",
    "list": "Lists", "settings": "Settings", "audit": "Audit", "command": "Command line",
    "doctor": "Self-test", "look_alike": "Look-alikes", "store": "The appliance itself",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as one reader sees it. withheld: whom, why and details were taken off."""

    link: Link
    withheld: bool

    @property
    def area(self) -> str:
        """The area in words."""
        return area_words(self.link.entry.action.partition(".")[0])

    @property
    def what(self) -> str:
        """What was done, in words."""
        return self.link.entry.action.partition(".")[2].replace("_", " ") or self.link.entry.action

    @property
    def detail(self) -> tuple[tuple[str, str], ...]:
        """The details, as label and text."""
        return tuple(
            (key.replace("_", " "), _text(value)) for key, value in self.link.entry.detail.items()
        )


def withheld(posts: frozenset[str]) -> frozenset[str]:
    """Return the areas of which somebody with these posts sees no names, and asks for none."""
    return frozenset() if READERS & posts else NAMING


def shown(link: Link, posts: frozenset[str]) -> Shown:
    """Return an entry as somebody with these posts sees it. Fails closed: withheld."""
    if link.entry.action.partition(".")[0] not in withheld(posts):
        return Shown(link, False)
    entry: Entry = replace(link.entry, subject=WITHHELD, reason="", detail={}, address="")
    return Shown(replace(link, entry=entry), True)


def area_words(area: str) -> str:
    """Return what an area is called on pages."""
    return AREAS.get(area, area.replace("_", " ").capitalize())


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else str(value)
