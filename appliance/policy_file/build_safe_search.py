"""Whose searches are locked: the policy's own lines, and what holds without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.policy.safe_search import SafeLevel, SafeSearchRule
from appliance.policy_file.parsing import subject

if TYPE_CHECKING:
    from appliance.policy_file.schema import PolicyDocument
    from appliance.policy_file.schema_safe_search import SafeSearchEntry

# With no policy to be read, nobody is known to be grown up.
CLOSED: Final = (SafeSearchRule(level=SafeLevel.STRICT, clause=""),)


def safe_search(document: PolicyDocument) -> tuple[SafeSearchRule, ...]:
    """Return the lines of a document, in its order: the first that fits holds."""
    return tuple(map(_rule, document.safe_search))


def _rule(entry: SafeSearchEntry) -> SafeSearchRule:
    return SafeSearchRule(
        level=entry.level, clause=entry.clause, who=tuple(map(subject, entry.who)),
        engines=frozenset(entry.engines), when=frozenset(entry.when),
    )  # fmt: skip
