"""What is allowed in a policy file but worth a word: shown by the UI, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from appliance.policy.safe_search import SafeLevel
from appliance.policy_file import prose
from appliance.policy_file.prose_safe_search import locked_roles
from appliance.policy_file.schema import PolicyDocument


def warnings(document: PolicyDocument, today: date) -> tuple[str, ...]:
    """Return what somebody should look at, in plain English."""
    return (
        *_pages(document), *_review(document, today), *_clauses(document), *_searching(document),
    )  # fmt: skip


def _pages(document: PolicyDocument) -> Iterator[str]:
    for page in document.official_pages:
        if len(set(page.administrators)) < 2:
            yield f"The official page {page.url} has fewer than two administrators."


def _review(document: PolicyDocument, today: date) -> Iterator[str]:
    due = document.policy.next_review
    if due is None:
        yield "The policy has no next review date."
    elif due <= today:
        yield f"The policy was due for review on {due.isoformat()}."


def _searching(document: PolicyDocument) -> Iterator[str]:
    open_ = [f"role:{id_}" for id_ in locked_roles(document) if _unlocked(document, id_)]
    if open_:
        who = " and ".join(map(prose.Namer(document), open_))
        yield f"Safe search may be off for {who}; schools are asked to lock it for all children."


def _unlocked(document: PolicyDocument, role: str) -> bool:
    """Whether a line takes the lock off a role, at some time and on some engine."""
    for entry in document.safe_search:
        if {"everyone", f"role:{role}"}.intersection(entry.who):
            if entry.level is SafeLevel.OFF:
                return True
            if not (entry.when or entry.engines):
                return False  # holds always: no later line is reached
    return False


def _clauses(document: PolicyDocument) -> Iterator[str]:
    carried = {clause for clause, _, _ in prose.explain(document)}
    for id_ in document.clauses:
        if id_ not in carried:
            yield f"Nothing carries out clause {id_}."
