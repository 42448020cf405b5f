"""What is written down of an access, and above all what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.attempts.attempt import WITHHELD, Attempt, Layer, Visit, attempt_of, shown_url
from appliance.policy.engine import decide
from appliance.policy.urls import parse
from tests.builders import PUPIL, STAFF, at, client, query, snapshot


def attempt(what: str, who: str = PUPIL, **more: object) -> Attempt | None:
    asked = query(what, who)
    return attempt_of(asked, replace(decide(asked, snapshot()), **more), Layer.HTTP, Visit.PAGE)  # type: ignore[arg-type]


def test_who_what_when_and_why() -> None:
    known = client(
        PUPIL, device="d1", device_name="Laptop 1", mac="00:00:5e:00:53:01", person="p1",
        groups=frozenset({"year-5", "5b"}),
    )  # fmt: skip
    asked = query("https://www.facebook.com/a?token=1#x", known)
    made = attempt_of(asked, decide(asked, snapshot()), Layer.HTTP, Visit.PAGE)
    assert made == Attempt(
        at=at("09:30"), last=at("09:30"), layer=Layer.HTTP, visit=Visit.PAGE, address=PUPIL,
        mac="00:00:5e:00:53:01", device="d1", device_name="Laptop 1", person="p1",
        groups=("5b", "year-5"), network="pupils", role="pupil", host="www.facebook.com",
        url="https://www.facebook.com/a", method="GET", verdict="block", reason="service_rule",
        rule="no-facebook", clause="7.1", period="Lesson 1", period_kind="lesson",
        service="facebook", category="collaborative",
    )  # fmt: skip


def test_a_bare_host_has_no_url_and_no_method() -> None:
    made = attempt("www.facebook.com")
    assert made is not None
    assert (made.host, made.url, made.method) == ("www.facebook.com", "", "")


@pytest.mark.parametrize("what", ["www.bbc.co.uk", "https://www.childline.org.uk/help"])
def test_what_is_not_to_be_recorded_is_not(what: str) -> None:
    assert attempt(what) is None


def test_sanctuary_is_never_written_down_whatever_a_verdict_says_of_recording() -> None:
    assert attempt("www.childline.org.uk", record=True) is None


@pytest.mark.parametrize("what", ["www.illegal.example", "https://www.illegal.example/page"])
def test_of_the_illegal_class_only_who_when_and_which_list_is_kept(what: str) -> None:
    made = attempt(what, STAFF)
    assert made is not None
    assert (made.host, made.url, made.rule) == (WITHHELD, "", "unlawful")
    assert "illegal.example" not in repr(made)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x.com:443/a?b=c", "https://x.com/a"),
        ("http://x.com:8080/", "http://x.com:8080/"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("wss://x.com/live", "wss://x.com/live"),
    ],
)
def test_a_url_is_kept_without_its_query(text: str, shown: str) -> None:
    assert shown_url(parse(text)) == shown
