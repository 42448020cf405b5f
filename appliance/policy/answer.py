"""One question to the engine with all that can be said about its answer. Pure.

The command ``explain`` and the page "why" put the same question and tell the same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appliance.policy import urls
from appliance.policy.domains import ListMatch
from appliance.policy.engine import STEPS, decide
from appliance.policy.model import Action, Verdict
from appliance.policy.names import canonical
from appliance.policy.plan import Plan, TlsPlan, opens_at, plan
from appliance.policy.situation import Query, situate
from appliance.policy.snapshot import Snapshot
from appliance.policy.standing import Standing, weighed
from appliance.policy.steps import Finding
from appliance.policy.subjects import Client

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


class BadMethodError(ValueError):
    """The text is no HTTP method. Blame: whoever gave it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is said about one question. lists: every entry that names the host."""

    query: Query
    asked: str
    verdict: Verdict
    plan: Plan
    opens_at: datetime | None
    note: str
    lists: tuple[tuple[ListMatch, Standing], ...] = ()


def question(what: str, client: Client, method: str, at: datetime) -> Query:
    """Return the query: for a bare host without a URL, for anything with a path with one.

    Raises:
        BadMethodError: not an HTTP method.
        ValueError: not a host or URL.
    """
    if not _TOKEN.fullmatch(method):
        raise BadMethodError(f"{method!r} is not a method such as GET or POST")
    url = urls.parse(what) if "/" in what or "?" in what else None
    host = url.host if url else _host(what)
    return Query(client, host, at, url, method.upper())


def answered(query: Query, asked: str, snapshot: Snapshot) -> Answer:
    """Decide a query, with how its host is carried and when it would open."""
    carried = plan(query, snapshot)
    verdict = carried.verdict if query.url is None else decide(query, snapshot)
    blocked = verdict.action is Action.BLOCK
    opens = opens_at(query, snapshot) if blocked else None
    note, lists = _note(query, verdict, carried), weighed(query.host, snapshot)
    return Answer(query, asked, verdict, carried, opens, note, lists)


def considered(query: Query, snapshot: Snapshot) -> tuple[tuple[str, Finding | None], ...]:
    """Return the steps that were taken and what each found: the last one answered."""
    situation, found = situate(query, snapshot), list[tuple[str, Finding | None]]()
    for step in STEPS:  # pragma: no branch (the last step always answers)
        finding = step(situation)
        found.append((getattr(step, "__name__", ""), finding))
        if finding is not None:
            break
    return tuple(found)


def _host(text: str) -> str:
    """Return a bare host; a port after it says nothing about what the policy makes of it."""
    if (text.count(":") == 1 or text.startswith("[")) and "@" not in text:
        return urls.split_authority(text, 443)[0]
    return canonical(text)


def _note(query: Query, verdict: Verdict, carried: Plan) -> str:
    """What the verdict on a URL does not say: how it fares when nobody can read the URL."""
    if query.url is None or carried.tls is TlsPlan.INSPECT:
        return ""
    if verdict.action is carried.verdict.action and carried.tls is TlsPlan.SPLICE:
        return ""
    if carried.tls is TlsPlan.REFUSE:
        return "This client's host name is refused in DNS, so no URL of it is reached."
    return "This client's connection is not read, so over HTTPS the verdict on the host holds."
