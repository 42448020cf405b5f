"""What somebody searched for, read from the address of a page of results.

Only the pages that a person asks for count, never what is sent at each key (suggestions).
A term that is the name of a helpline is nobody's business, as a visit to it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from appliance.policy.model import Subject
from appliance.policy.names import within
from appliance.policy.situation import Query
from appliance.policy.snapshot import Snapshot
from appliance.policy.subjects import Client, applies_to
from appliance.policy.urls import Url

LONGEST: Final = 200  # characters of a term that are kept


@dataclass(frozen=True, slots=True)
class Search:
    """What was searched for, and the clause that has it recorded. term: never empty."""

    term: str
    clause: str


@dataclass(frozen=True, slots=True)
class Engine:
    """Where an engine shows results. hosts: exact. paths: exact, without a last ``/``.

    parameter: of the query that holds the term; empty: the term is the rest of the path.
    """

    id: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    parameter: str


# Google is not among them: its hosts are never read (ChromeOS does not bear it).
ENGINES: Final = (
    Engine("bing", ("www.bing.com", "bing.com"),
           ("/search", "/images/search", "/videos/search", "/news/search", "/shop"), "q"),
    Engine("duckduckgo", ("duckduckgo.com", "www.duckduckgo.com", "html.duckduckgo.com",
                          "lite.duckduckgo.com", "start.duckduckgo.com"),
           ("", "/html", "/lite"), "q"),
    Engine("ecosia", ("www.ecosia.org", "ecosia.org"),
           ("/search", "/images", "/videos", "/news"), "q"),
    Engine("pixabay", ("pixabay.com", "www.pixabay.com"),
           ("/images/search", "/videos/search", "/photos/search", "/vectors/search"), ""),
    Engine("yandex", ("yandex.com", "www.yandex.com", "yandex.ru", "ya.ru"),
           ("/search", "/images/search", "/video/search", "/search/touch"), "text"),
    Engine("youtube", ("www.youtube.com", "m.youtube.com", "youtube.com"),
           ("/results",), "search_query"),
)  # fmt: skip


def engine_of(host: str) -> Engine | None:
    """Return the engine that shows results on a canonical host."""
    return next((engine for engine in ENGINES if host in engine.hosts), None)


def read_for_terms(host: str, client: Client, snapshot: Snapshot) -> bool:
    """Whether the policy has a host read so that a client's search terms can be recorded."""
    rules = snapshot.contents.search_terms
    if not rules:
        return False
    engine = engine_of(host)
    return engine is not None and any(
        engine.id in rule.engines and _applies(rule.who, client) for rule in rules
    )


def searched(query: Query, snapshot: Snapshot) -> Search | None:
    """Return what a request searches for, where the policy has it recorded."""
    rules = snapshot.contents.search_terms
    if not rules or query.url is None or query.method.upper() != "GET":
        return None
    engine = engine_of(query.host)
    if engine is None:
        return None
    for rule in rules:
        if engine.id in (rule.engines or (engine.id,)) and _applies(rule.who, query.client):
            term = term_of(query.url, engine)
            hidden = not term or names_helpline(term, snapshot)
            return None if hidden else Search(term, rule.clause)
    return None


def term_of(url: Url, engine: Engine) -> str:
    """Return what a page of results is about, in one line; empty where it is no such page."""
    path = url.path.rstrip("/")
    if engine.parameter:
        found = (value for name, value in url.query if name == engine.parameter)
        text = next(found, "") if path in engine.paths else ""
    else:
        begun = (p for p in engine.paths if path.startswith(p + "/"))
        text = next((path[len(p) + 1 :] for p in begun), "")
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:LONGEST]


def names_helpline(term: str, snapshot: Snapshot) -> bool:
    """Whether a term is a helpline's name or address, with no more words than that."""
    words = "".join(term.casefold().split())
    host = words.removeprefix("https://").removeprefix("http://").partition("/")[0]
    contents = snapshot.contents
    for name in (*contents.sanctuary_domains, *contents.sanctuary_hosts):
        label = name.removeprefix("www.").partition(".")[0]
        if words in (label, label.replace("-", "")) or (host and within(host, name)):
            return True
    return False


def _applies(who: tuple[Subject, ...], client: Client) -> bool:
    return any(applies_to(subject, client) for subject in who)
