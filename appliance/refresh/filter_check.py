"""Asking the resolvers behind the gate for a name that the accredited filter blocks.

Bellgate stands behind that filter, never instead of one: illegal content is its work. A
resolver that answers such a name as if it were any other is not filtered. When nothing can
be told the check is not good: silence is never taken for a filter that works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

from appliance.refresh.asking import Answer, Endpoint, ask
from appliance.store import filter_checks
from appliance.store.filter_checks import Expect, FilterTest, Look
from appliance.store.session import Store

EVERY: Final = timedelta(days=1)
AGAIN: Final = timedelta(minutes=15)  # after one that was not good
CONTROL: Final = "www.gov.uk"  # no filter blocks it: a resolver that works knows it


@dataclass(frozen=True, slots=True)
class Found:
    """What one resolver made of the tests. good: None where it does not answer."""

    resolver: str
    good: bool | None
    words: str


def run_if_due(store: Store, resolvers: Sequence[Endpoint], now: datetime) -> Look | None:
    """Look whether the filter is there, once a day, where it was set up; None: not now.

    Raises:
        SQLAlchemyError: the store cannot be used.
    """
    with store.reading() as session:
        tests, last = filter_checks.tests(session), filter_checks.newest(session)
        asked = filter_checks.asked(session)
    if not tests:
        return None
    if last is not None and asked is not None and last.at < asked <= now:
        return run(store, resolvers, now)
    # A look that lies ahead is of a clock that went wrong.
    if last is not None and last.at <= now < last.at + (EVERY if last.good else AGAIN):
        return None
    return run(store, resolvers, now)


def run(store: Store, resolvers: Sequence[Endpoint], now: datetime) -> Look:
    """Look whether the filter is there, and keep what came of it.

    Raises:
        SQLAlchemyError: the store cannot be used.
    """
    with store.reading() as session:
        tests = filter_checks.tests(session)
    good, words = look(tests, resolvers)
    found = Look(now, good, words)
    with store.session() as session:
        filter_checks.note(session, found)
    return found


def look(tests: Sequence[FilterTest], resolvers: Sequence[Endpoint]) -> tuple[bool, str]:
    """Ask every resolver for every name; return whether all is filtered, and a sentence.

    Every resolver counts: clients are answered by whichever is asked.
    """
    if not tests:
        return False, "No test name is set, so nobody knows whether the filter is there."
    if not resolvers:
        return False, "No resolver is known, so the filter cannot be asked."
    found = [_resolver(where, tests) for where in resolvers]
    bad = [one for one in found if one.good is False]
    if bad:
        return False, " ".join(one.words for one in bad)
    answered = [one for one in found if one.good]
    if not answered:
        return False, f"Nothing can be told: {' '.join(one.words for one in found)}"
    silent = "".join(f" {one.words}" for one in found if one.good is None)
    names = ", ".join(test.name for test in tests)
    by = ", ".join(one.resolver for one in answered)
    return True, f"The filter behind the gate blocks {names} (asked {by}).{silent}"


def _resolver(where: Endpoint, tests: Sequence[FilterTest]) -> Found:
    try:
        control = ask(where, CONTROL)
        if control.code != "NOERROR" or not control.addresses:
            words = f"{where[0]} knows not even {CONTROL} ({control.code})."
            return Found(where[0], None, words)
        for test in tests:
            answer = ask(where, test.name)
            if not blocked(test, answer):
                return Found(where[0], False, _not_blocked(where, test, answer))
    except (OSError, ValueError):
        return Found(where[0], None, f"{where[0]} does not answer.")
    return Found(where[0], True, "")


def blocked(test: FilterTest, answer: Answer) -> bool:
    """Whether an answer is the one that the filter gives for a name it blocks. PURE."""
    match test.expect:
        case Expect.NXDOMAIN:
            return answer.code == "NXDOMAIN"
        case Expect.REFUSED:
            return answer.code == "REFUSED"
        case Expect.ADDRESS:
            return bool(answer.addresses) and all(
                any(ip_address(one) in ip_network(net) for net in test.addresses)
                for one in answer.addresses
            )
    if answer.code in ("NXDOMAIN", "REFUSED"):
        return True
    return answer.code == "NOERROR" and all(
        ip_address(one).is_unspecified or ip_address(one).is_loopback for one in answer.addresses
    )


def _not_blocked(where: Endpoint, test: FilterTest, answer: Answer) -> str:
    said = ", ".join(answer.addresses[:3]) or answer.code
    return (
        f"{where[0]} does not filter: it answers {said} for {test.name}, which the filter blocks."
    )
