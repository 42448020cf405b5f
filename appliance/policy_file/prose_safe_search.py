"""Safe search in plain English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from appliance.policy.safe_search import SafeLevel
from appliance.policy_file import catalogue

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument
    from appliance.policy_file.schema_safe_search import SafeSearchEntry

Called = Callable[[Iterable[str]], str]
_LOCKED: Final = "; no permission can take it off"


def safe_search_lines(
    document: PolicyDocument, who: Called, when: Called, joined: Called
) -> Iterator[tuple[str, str, str]]:
    """Yield clause, sentence and no rule for each line, then what holds without any.

    who, when: what to call subjects and periods. joined: several names as one.
    """
    for entry in document.safe_search:
        engines = joined(catalogue.engines()[id_] for id_ in entry.engines)
        said = _sentence(entry, who(entry.who), engines, when(entry.when))
        yield entry.clause, said, "safe-search"
    silent = [id_ for id_ in locked_roles(document) if not _spoken_of(document, id_)]
    locked = who(f"role:{id_}" for id_ in silent)
    unless = " unless a line above says otherwise" if document.safe_search else ""
    if locked:
        said = f"{_capital(locked)} search with strict safe search{unless}{_LOCKED}."
        yield "", said, "safe-search"


def locked_roles(document: PolicyDocument) -> tuple[str, ...]:
    """Return the roles that search with the strict lock without a line of their own."""
    ranks = [role.rank for role in document.roles.values()]
    free = len(ranks) > 1 and ranks.count(min(ranks)) == 1
    return tuple(id_ for id_, r in document.roles.items() if not free or r.rank != min(ranks))


def _spoken_of(document: PolicyDocument, role: str) -> bool:
    """Whether a line speaks of a role at all times and of every engine."""
    who = {"everyone", f"role:{role}"}
    return any(
        who.intersection(entry.who) and not entry.when and not entry.engines
        for entry in document.safe_search
    )


def _sentence(entry: SafeSearchEntry, who: str, engines: str, when: str) -> str:
    on, then = f" on {engines}" if engines else "", f" {when}" if when else " at any time"
    if entry.level is SafeLevel.OFF:
        return f"Safe search is not locked for {who}{on}{then}."
    verb = "searches" if who == "everyone" else "search"
    return f"{_capital(who)} {verb} with {entry.level.value} safe search{on}{then}{_LOCKED}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
