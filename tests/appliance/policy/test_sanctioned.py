"""Whom a sanction reaches, and what a supervised session opens of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.policy.engine import decide
from appliance.policy.model import Subject, SupervisedSession
from appliance.policy.sanctioned import devices_of, on_client, over_at, touches
from appliance.policy.snapshot import Contents, PolicyInfo
from appliance.policy.subjects import Client, Device, Person
from tests import builders

CONTENTS = Contents(
    version=1, built_at=builders.at("00:00"),
    policy=PolicyInfo(id="p", name="P", short="P", school="S"),
    devices=(
        Device(id="pad", name="Pad", person="sam"), Device(id="phone", name="Phone", person="sam"),
        Device(id="pc", name="PC"),
    ),
)  # fmt: skip


def who(text: str) -> Subject:
    return builders.subject(text)


@pytest.mark.parametrize(
    ("subject", "devices"),
    [("person:sam", ("pad", "phone")), ("person:kim", ()), ("device:pc", ("pc",)),
     ("device:gone", ()), ("role:sam", ())],
)  # fmt: skip
def test_a_sanction_reaches_the_devices_of_a_person(subject: str, devices: tuple[str, ...]) -> None:
    assert devices_of(who(subject), CONTENTS) == devices


@pytest.mark.parametrize(
    ("supervised", "sanctioned", "expected"),
    [
        ("person:sam", "person:sam", True),
        ("device:pad", "person:sam", True),
        ("device:pc", "person:sam", False),
        ("person:sam", "device:pad", True),
        ("person:sam", "device:pc", False),
        ("device:pad", "device:phone", False),
        ("person:kim", "person:sam", False),
        ("person:sam", "person:pad", False),  # a person who has the id of a device
        ("role:sam", "role:sam", True),
        ("role:sam", "person:sam", False),
        ("role:sam", "device:pad", False),
        ("device:pad", "role:sam", False),
    ],
)
def test_a_session_opens_what_it_is_about(supervised: str, sanctioned: str, expected: bool) -> None:
    assert touches(who(supervised), who(sanctioned), CONTENTS) is expected


def test_of_several_the_last_to_end_counts() -> None:
    at, hour = builders.at("09:00"), timedelta(hours=1)
    short = builders.sanction("device:pad", id="S1", end=at + hour)
    long = builders.sanction("person:sam", id="S2", end=at + 2 * hour)
    other = builders.sanction("person:kim", id="S3", end=None)
    coming = builders.sanction("person:sam", id="S4", start=at + hour)
    client = Client(address="::", role="pupil", device="pad", person="sam")
    every = (short, long, other, coming)
    assert on_client(client, at, every) == (short, long)
    assert on_client(client, at + hour, every) == (long, coming)
    assert over_at((short, long)) == at + 2 * hour
    assert over_at((short, other)) is None
    with pytest.raises(ValueError, match="empty"):
        over_at(())


@pytest.mark.parametrize(
    ("when", "trusted", "lifted", "action"),
    [
        ("08:59", True, False, "block"),
        ("08:59", True, True, "block"),  # the past is explained as it was
        ("09:00", True, False, "allow"),
        ("09:00", True, True, "allow"),
        ("09:00", False, False, "block"),  # no date ends it that is not known to have come
        ("09:00", False, True, "allow"),  # what somebody lifted stays lifted
        ("08:59", False, True, "allow"),
    ],
)
def test_what_ends_a_sanction(when: str, trusted: bool, lifted: bool, action: str) -> None:
    held = builders.sanction(end=builders.at("09:00"), lifted=lifted)
    snapshot = builders.snapshot(sanctions=(held,))
    asker = builders.client(builders.PUPIL, snapshot)
    query = builders.query("www.example.org", asker, when, clock_trusted=trusted)
    assert decide(query, snapshot).action == action


PEOPLE = (
    Person(id="sam", name="Sam", role="pupil"), Person(id="kim", name="Kim", role="pupil"),
    Person(id="lee", name="Mx Lee", role="staff"),
)  # fmt: skip
SAMS, MADE_UP = "00:1b:63:00:00:01", "02:00:00:00:00:01"


@pytest.mark.parametrize(
    ("sanctioned", "mac", "signed_in", "blocked"),
    [
        ("sam", SAMS, None, True),
        ("kim", SAMS, None, False),
        ("kim", SAMS, "kim", True),  # signed in on Sam's: it does not shed Kim's own
        ("sam", SAMS, "kim", True),  # and lending it does not shed Sam's
        ("lee", SAMS, "lee", True),
        ("sam", SAMS, "lee", True),
        ("kim", SAMS, "lee", False),
        ("sam", MADE_UP, None, True),  # the register knows whose it is, if it earns nothing
        ("sam", MADE_UP, "kim", True),
        ("kim", MADE_UP, "kim", True),
        ("kim", MADE_UP, None, False),
        ("sam", "00:1b:63:00:00:99", None, False),
        ("sam", "00:1b:63:00:00:99", "sam", True),
    ],
)
def test_no_device_and_no_sign_in_sheds_a_sanction(
    sanctioned: str, mac: str, signed_in: str | None, blocked: bool
) -> None:
    pads = tuple(
        Device(id=f"pad{n}", name="Pad", macs=(one,), person="sam")
        for n, one in enumerate((SAMS, MADE_UP))
    )
    snapshot = builders.snapshot(
        people=PEOPLE, devices=pads, sanctions=(builders.sanction(f"person:{sanctioned}"),)
    )
    client = snapshot.register.resolve(builders.PUPIL, mac, signed_in)
    found = decide(builders.query("www.example.org", client), snapshot)
    assert (found.reason == "sanction") == blocked


SAMS_PAD = Device(id="pad", name="Pad", macs=(SAMS,), person="sam")
SIDES: tuple[tuple[str, str, bool], ...] = (  # sanctioned, supervised, still blocked
    ("person:sam", "", True),
    ("person:sam", "person:sam", False),
    ("person:sam", "device:pad", False),
    ("device:pad", "device:pad", False),
    ("device:pad", "person:sam", False),
    ("person:kim", "person:kim", True),  # who it may be as well, and not who it certainly is
    ("person:kim", "person:sam", True),  # somebody else's
    ("person:sam", "person:kim", True),
    ("person:kim", "device:pad", True),  # the device is not Kim's
    ("person:sam person:kim", "person:sam", True),
    ("person:kim person:sam", "person:sam", True),
    ("person:sam device:pad", "person:sam", False),
    ("person:sam device:pad", "device:pad", False),
    ("person:sam role:pupil", "person:sam", True),
    ("person:sam role:pupil", "person:sam role:pupil", False),
    ("person:sam person:kim", "person:sam person:kim", True),
)


@pytest.mark.parametrize(("sanctioned", "supervised", "blocked"), SIDES)
def test_each_sanction_is_lifted_by_a_session_of_its_own_alone(
    sanctioned: str, supervised: str, blocked: bool
) -> None:
    """Sam's own device, on which Kim has signed in."""
    held = tuple(builders.sanction(text, id=text) for text in sanctioned.split())
    snapshot = builders.snapshot(
        people=PEOPLE, devices=(SAMS_PAD,), sanctions=held, supervised=beside(supervised)
    )
    client = snapshot.register.resolve(builders.PUPIL, SAMS, "kim")
    assert (client.person, client.others) == ("sam", {"kim"})
    found = decide(builders.query("www.example.org", client), snapshot)
    assert (found.reason == "sanction") == blocked


def beside(subjects: str) -> tuple[SupervisedSession, ...]:
    return tuple(
        SupervisedSession(subject=who(text), start=builders.at("00:00"), end=builders.at("23:00"))
        for text in subjects.split()
    )


NAMED = st.sets(st.sampled_from(["person:sam", "person:kim", "person:lee", "device:pad"]))


@given(NAMED, NAMED, st.sampled_from([None, SAMS]), st.sampled_from([None, "sam", "kim", "lee"]))
def test_a_session_lifts_no_sanction_on_somebody_else(
    sanctioned: set[str], supervised: set[str], mac: str | None, signed_in: str | None
) -> None:
    """Whatever there is of both: it is as if each sanction and session were there alone."""
    things = {"people": PEOPLE, "devices": (SAMS_PAD,)}
    client = builders.snapshot(**things).register.resolve(builders.PUPIL, mac, signed_in)

    def blocked(held: set[str], sessions: set[str]) -> bool:
        snapshot = builders.snapshot(
            **things,
            sanctions=tuple(builders.sanction(text, id=text) for text in sorted(held)),
            supervised=beside(" ".join(sorted(sessions))),
        )
        query = builders.query("www.example.org", client)
        return decide(query, snapshot).reason == "sanction"

    alone = [
        blocked({one}, set()) and all(blocked({one}, {other}) for other in supervised)
        for one in sanctioned
    ]
    assert blocked(sanctioned, supervised) == any(alone)
    for text in supervised - {f"person:{client.person}", f"device:{client.device}"}:
        assert blocked(sanctioned, {text}) == blocked(sanctioned, set())


def test_who_may_be_somebody_under_a_sanction_shares_nobody_elses_answers() -> None:
    pad = Device(id="pad", name="Pad", macs=(SAMS,), person="sam")
    held = {"people": PEOPLE, "devices": (pad,)}
    snapshot = builders.snapshot(**held, sanctions=(builders.sanction("person:kim"),))
    alone = snapshot.register.resolve(builders.PUPIL, SAMS)
    beside = snapshot.register.resolve(builders.PUPIL, SAMS, "kim")
    assert snapshot.class_of(alone) != snapshot.class_of(beside)
    plain = builders.snapshot(**held)
    assert plain.class_of(alone) == plain.class_of(beside)
    moment = snapshot.moment(builders.at("09:30"), beside)
    short = builders.snapshot(
        **held, sanctions=(builders.sanction("person:kim", end=builders.at("09:40")),)
    )
    assert short.next_change(builders.at("09:30"), beside, moment) == builders.at("09:40")
