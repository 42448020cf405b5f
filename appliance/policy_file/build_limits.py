"""Account limits and search terms of a document, and the hosts that are read for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.policy.limits import AccountLimit, SearchTermsRule
from appliance.policy.names import within
from appliance.policy.search_terms import ENGINES
from appliance.policy_file.parsing import subject

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument


def account_limits(document: PolicyDocument) -> tuple[AccountLimit, ...]:
    """Return whose accounts sign in where."""
    return tuple(
        AccountLimit(
            provider=entry.provider, allowed=entry.allowed, clause=entry.clause,
            directory=entry.directory.lower(), who=tuple(map(subject, entry.who)),
        )
        for entry in document.account_limits
    )  # fmt: skip


def search_terms(document: PolicyDocument) -> tuple[SearchTermsRule, ...]:
    """Return whose search terms are recorded."""
    return tuple(
        SearchTermsRule(
            clause=entry.clause, who=tuple(map(subject, entry.who)),
            engines=frozenset(entry.engines),
        )
        for entry in document.search_terms
    )  # fmt: skip


def hosts_read(document: PolicyDocument) -> tuple[str, ...]:
    """Return the hosts that are read for them, though nothing else has them read.

    What the school itself will not have read stays unread.
    """
    limited = [host for limit in account_limits(document) for host in limit.hosts]
    wanted = {id_ for entry in document.search_terms for id_ in entry.engines}
    engines = [host for engine in ENGINES if engine.id in wanted for host in engine.hosts]
    return tuple(
        host
        for host in dict.fromkeys((*limited, *engines))
        if not any(within(host, name) for name in document.never_inspect)
    )
