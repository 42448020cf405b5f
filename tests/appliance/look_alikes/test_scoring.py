"""What counts as a look-alike, with its reason, and what never does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.look_alikes.brands import Known
from appliance.look_alikes.scoring import CLOSES, SHOWN, resemblance
from appliance.policy.names import BadNameError, canonical
from appliance.policy_file import catalogue
from tests.builders import BUILT, contents

ORDINARY = Path(__file__).with_name("ordinary.txt")
KNOWN = Known(
    contents(
        services=catalogue.services(), categories=catalogue.categories(),
        never_block=("never.example",), local_domains=("school.example",), built_at=BUILT,
    )
)  # fmt: skip


def ordinary() -> list[str]:
    lines = ORDINARY.read_text(encoding="utf-8").splitlines()
    return [name for line in lines if not line.startswith("#") for name in line.split()]


def test_few_ordinary_names_are_put_up_and_none_is_closed(
    record_property: pytest.RecordProperty,
) -> None:
    names = ordinary()
    found = [one for one in (resemblance(name, KNOWN) for name in names) if one is not None]
    put_up = [one for one in found if one.score >= SHOWN]
    rate = len(put_up) / len(names)
    record_property("false alarms", f"{len(put_up)} of {len(names)} ({rate:.2%})")
    print(f"false alarms: {len(put_up)} of {len(names)} ({rate:.2%}): {[o.site for o in put_up]}")
    assert len(names) > 700
    assert len(put_up) <= 3
    assert not [one for one in found if one.score >= CLOSES]


def test_no_service_is_a_look_alike_of_another() -> None:
    for service in catalogue.services():
        for name in (*service.domains, *service.hosts, *service.assets):
            assert resemblance(name, KNOWN) is None, name
            assert resemblance(f"deep.below.{name}", KNOWN) is None, name


@pytest.mark.parametrize(
    ("host", "service", "least", "word"),
    [
        ("faceb00k.com", "facebook", CLOSES, "signs that make it look like"),
        ("lnstagram.example", "instagram", CLOSES, "signs that make it look like"),
        ("instagrarn.example", "instagram", CLOSES, "signs that make it look like"),
        ("fаcebook.com", "facebook", CLOSES, "letters of other alphabets"),
        ("fácebook.example", "facebook", CLOSES, "with marks"),
        ("tiĸtok.example", "tiktok", CLOSES, "letters of other alphabets"),
        ("dіscord.example", "discord", CLOSES, "letters of other alphabets"),
        ("facebook-login.com", "facebook", CLOSES, "with “login” added"),
        ("my-tiktok.com", "tiktok", CLOSES, "with “my” added"),
        ("mytiktokvideos.net", "tiktok", CLOSES, "with “my … videos” added"),
        ("youtube-unblocked2.net", "youtube", CLOSES, "with “unblocked2” added"),
        ("myfaceb00k-chat.com", "facebook", CLOSES, "letters that only look alike, and more"),
        ("faceb00k1.example", "facebook", CLOSES, "letters that only look alike, and more"),
        ("discord-login.example", "discord", CLOSES, "with “login” added"),
        ("face-book.example", "facebook", CLOSES, "with a hyphen"),
        ("facebok.com", "facebook", CLOSES, "one letter away"),
        ("isntagram.com", "instagram", CLOSES, "one letter away"),
        ("snapchatt.com", "snapchat", CLOSES, "one letter away"),
        ("tiktoks.example", "tiktok", SHOWN, "one letter away"),
        ("facebook.example", "facebook", SHOWN, "under another ending"),
        ("roblox.co.uk.example", "roblox", CLOSES, "the whole address of Roblox"),
        ("facebook.com.sign-here.example", "facebook", CLOSES, "the whole address of Facebook"),
        ("www-instagram-com.open.example", "instagram", CLOSES, "the whole address"),
        ("chat.google.com.open.example", "google_chat", CLOSES, "the whole address"),
        ("facebook.open.example", "facebook", SHOWN, "in front of somebody else’s site"),
        ("tiktok-unblocked.open.example", "tiktok", CLOSES, "in front of somebody else’s"),
        ("tiktok-unblocked.pages.dev", "tiktok", CLOSES, "with “unblocked” added"),
        ("facebook-tools-agency.example", "facebook", SHOWN, "beside other words"),
    ],
)
def test_what_resembles_a_service_says_why(host: str, service: str, least: int, word: str) -> None:
    found = resemblance(canonical(host), KNOWN)
    assert found is not None
    assert found.service == service
    assert found.score >= least
    assert word in found.reason


@pytest.mark.parametrize(
    "host",
    [
        "facebook.com", "www.facebook.com", "facebook.never.example", "facebook.school.example",
        "facebook-login.duffield.sch.uk", "instagram.fastly.net", "minecraft.fandom.com",
        "192.0.2.1", "facebook", "interest.com", "switch.example", "webchat.example",
        "discord.example", "dlscord1.example", "discards.example", "s1gnal.example",
        "medium-sized.example",
        "x.example", "line.example", "bookface.example", "threadneedle.example",
        "instagrammatical.example", "twat.ch.example",
    ],
)  # fmt: skip
def test_what_never_counts(host: str) -> None:
    assert resemblance(host, KNOWN) is None


def test_a_sub_domain_is_named_alone_and_not_its_whole_site() -> None:
    found = resemblance("www.facebook.com.shop.example.co.uk", KNOWN)
    assert found is not None
    assert (found.site, found.name) == ("example.co.uk", "facebook.com.shop.example.co.uk")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_name_is_judged_and_nothing_raised(text: str) -> None:
    try:
        name = canonical(text)
    except BadNameError:
        return
    found = resemblance(name, KNOWN)
    assert found is None or (0 <= found.score <= 100 and found.reason.endswith("."))


@settings(deadline=None)
@given(st.from_regex(r"xn--[a-z0-9-]{1,40}\.example", fullmatch=True))
def test_any_punycode_is_judged_and_nothing_raised(name: str) -> None:
    found = resemblance(name, KNOWN)
    assert found is None or found.site == name
