"""Account limits and search terms in plain English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from appliance.policy.limits import MICROSOFT

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument

_KINDS: Final = {MICROSOFT: "Microsoft accounts", "google": "Google accounts"}


def limit_lines(
    document: PolicyDocument, called: Callable[[tuple[str, ...]], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield clause, sentence and no rule for each. called: what to call subjects."""
    for entry in document.account_limits:
        kind, allowed = _KINDS[entry.provider], " and ".join(entry.allowed)
        who = called(entry.who)
        alone = f"may sign in to {kind} of {allowed} alone"
        yield entry.clause, f"On devices with the school’s certificate, {who} {alone}.", ""
    for term in document.search_terms:
        where = (
            f"on {', '.join(term.engines)}" if term.engines else "where searches are read anyway"
        )
        yield term.clause, f"What {called(term.who)} search for {where} is recorded.", ""
