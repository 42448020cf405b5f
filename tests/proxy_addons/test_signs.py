"""Signs that the proxy alone sees: names that disagree, a certificate believed no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.attempts.attempt import Attempt
from proxy_addons.signs import LEAST, SITES, LostTrust, _one_site
from tests import builders
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, STAFF, World, school

WATCHED: dict[str, Any] = {"circumvention_roles": ("staff",), "circumvention_clause": "7.2"}
FACEBOOK = "https://www.facebook.com/"
WIKI = "https://en.wikipedia.org/wiki/Bell"


def signs(proxy: World) -> list[Attempt]:
    return [attempt for attempt in proxy.attempts() if attempt.signal]


def test_a_permitted_name_that_carries_a_request_for_another(proxy: World) -> None:
    proxy.set(school(**WATCHED))
    for _ in range(2):
        answer = proxy.curl(WIKI, STAFF, "--http1.1", "-H", "Host: www.facebook.com")
        assert answer.status == 421
    found = eventually(lambda: sum(a.count for a in signs(proxy)) >= 2 and signs(proxy))
    first = found[0]
    assert (first.signal, first.host, first.verdict, first.reason, first.clause) == (
        "sni_mismatch", "www.facebook.com", "block", "circumvention", "7.2",
    )  # fmt: skip
    assert first.evidence == (
        "The connection was opened for en.wikipedia.org, the request inside it named "
        "www.facebook.com"
    )
    assert proxy.outside.seen == []


@pytest.mark.parametrize("host", ["93.184.100.14", "[2a00:1450:4000::14]"])
def test_an_address_without_a_name_is_not_opened(proxy: World, host: str) -> None:
    proxy.set(school(**WATCHED))
    answer = proxy.curl(f"http://{host}/", STAFF)
    assert answer.status == 403
    assert "no name" in answer.text
    assert proxy.outside.seen == []
    (found,) = eventually(lambda: signs(proxy))
    assert (found.signal, found.host) == ("unanswered", host.strip("[]"))


def test_a_role_that_is_not_watched_is_refused_an_address_without_a_sign(proxy: World) -> None:
    assert proxy.curl("http://93.184.100.14/", STAFF).status == 403
    assert proxy.curl(FACEBOOK, STAFF).status == 403  # which is written down, after it
    assert eventually(lambda: proxy.attempts())
    assert signs(proxy) == []


def test_tls_inside_a_tunnel_that_names_another_host(proxy: World) -> None:
    proxy.set(school(**WATCHED))
    to = ("--connect-to", "www.facebook.com:443:en.wikipedia.org:443")
    assert proxy.by_proxy("https://www.facebook.com/", STAFF, *to).code == 35
    (found,) = eventually(lambda: signs(proxy))
    assert found.host == "www.facebook.com"
    assert "opened for en.wikipedia.org" in found.evidence


def test_an_absolute_address_and_a_host_that_differ(proxy: World) -> None:
    proxy.set(school(**WATCHED))
    other = ("-H", "Host: www.facebook.com")
    assert proxy.by_proxy("http://en.wikipedia.org/", STAFF, *other).status == 421
    (found,) = eventually(lambda: signs(proxy))
    assert found.host == "www.facebook.com"


def test_what_is_no_sign(proxy: World) -> None:
    proxy.set(school(**WATCHED))
    host = ("--http1.1", "-H")
    # Pupils are not watched here; a name of the same site; sanctuary on either side; another port.
    assert proxy.curl(FACEBOOK, PUPIL, *host, "Host: x.com").status == 421
    assert proxy.curl(WIKI, STAFF, *host, "Host: de.wikipedia.org").status == 421
    assert proxy.curl(WIKI, STAFF, *host, "Host: www.childline.org.uk").status == 421
    assert proxy.curl(WIKI, STAFF, *host, "Host: en.wikipedia.org:22").status == 421
    assert proxy.curl(WIKI, STAFF, *host, "Host: x.com").status == 421  # the end of it
    found = eventually(lambda: signs(proxy))
    assert {(a.host, a.role) for a in found} == {("x.com", "staff")}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("en.wikipedia.org", "de.wikipedia.org", True), ("example.org", "www.example.org", True),
        ("x.com", "y.com", False), ("www.x.com", "www.y.com", False), ("a.b.c.org", "c.org", True),
    ],
)  # fmt: skip
def test_names_of_one_site(one: str, other: str, same: bool) -> None:
    assert _one_site(one, other) is same


PUPILS: dict[str, Any] = {**WATCHED, "circumvention_roles": ("pupil",)}


class Clients:
    """Devices that meet our certificate, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.now, self.found = builders.at("09:30"), list[Attempt]()
        contents = SimpleNamespace(**PUPILS)
        judge = SimpleNamespace(now=lambda: SimpleNamespace(at=self.now), plan=self._plan)
        attempts = SimpleNamespace(sign=self.found.append)
        gate: Any = SimpleNamespace(contents=contents, judge=judge, attempts=attempts)
        self.lost = LostTrust(gate)

    def _plan(self, link: Any, host: str) -> tuple[Any, Any]:
        snapshot = builders.snapshot(**PUPILS)
        query = replace(builders.query(host, link.client), at=self.now)
        from appliance.policy.plan import plan

        return query, plan(query, snapshot)

    def link(self, host: str, role: str = "pupil", mac: str = "02:00:00:00:00:05") -> Any:
        client = builders.client(builders.PUPIL if role == "pupil" else builders.STAFF)
        return SimpleNamespace(
            client=replace(client, mac=mac), address=client.address, answered=host, unseen=False
        )

    def refuse(self, sites: int, *, minutes: float = 1, before: bool = False, **who: str) -> None:
        for n in range(sites):
            self.lost.refused(self.link(f"s{n}.example", **who), before=before)
            self.now += timedelta(minutes=minutes)


def _told(do: Callable[[Clients], None]) -> list[Attempt]:
    clients = Clients()
    do(clients)
    return clients.found


def test_a_device_that_believed_us_and_does_not_any_more_is_told_of_once_a_day() -> None:
    clients = Clients()
    clients.lost.believed(clients.link("a.example"))
    clients.refuse(20)
    (found,) = clients.found
    assert (found.signal, found.reason, found.verdict) == ("certificate", "circumvention", "block")
    assert "had accepted it before" in found.evidence
    clients.now += timedelta(days=1)
    clients.refuse(2)
    assert len(clients.found) == 2


@pytest.mark.parametrize(
    "do",
    [
        lambda c: c.refuse(20),  # it never believed us
        lambda c: (c.lost.believed(c.link("a")), c.refuse(SITES - 1), c.refuse(SITES - 1)),
        lambda c: (c.lost.believed(c.link("a")), c.refuse(20, minutes=0)),  # LEAST is not over
        lambda c: (c.lost.believed(c.link("a", "staff")), c.refuse(20, role="staff")),
        lambda c: [(c.lost.believed(c.link("a")), c.refuse(2)) for _ in range(20)],  # an app pins
        lambda c: (c.lost.believed(c.link("a")), c.refuse(20, mac="02:00:00:00:00:06")),
    ],
    ids=["never", "two sites", "at once", "not watched", "an app of its own", "another device"],
)
def test_what_is_no_change(do: Callable[[Clients], Any]) -> None:
    assert _told(do) == []


def test_after_a_restart_the_file_says_who_believed() -> None:
    assert len(_told(lambda c: c.refuse(SITES, before=True))) == 1
    assert timedelta(minutes=SITES - 1) >= LEAST
