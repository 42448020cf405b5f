"""Who decides about whose access, as a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance.accounts import access_rules
from appliance.accounts.posts import Post
from appliance.store.accounts import Account

AT = datetime(2026, 11, 23, tzinfo=UTC)


def one(id_: int, *posts: str, enabled: bool = True, emergency: bool = False) -> Account:
    return Account(
        id=id_, login=f"a{id_}", name=f"A{id_}", posts=frozenset(posts), made=AT,
        enabled=enabled, emergency=emergency,
    )  # fmt: skip


TECH, HEAD, SECOND_HEAD = one(1, "it_technician"), one(2, "headteacher"), one(3, "executive_head")
TEACHER, GONE = one(4, "staff"), one(5, "headteacher", enabled=False)
SEALED, BOTH = one(6, "it_technician", emergency=True), one(7, "it_technician", "headteacher")


@pytest.mark.parametrize(
    ("actor", "subject", "change", "everybody", "waits"),
    [
        (TECH, TEACHER, {"dsl"}, [TECH, HEAD, TEACHER], True),
        (TECH, TEACHER, {"headteacher"}, [TECH, HEAD, TEACHER], True),
        (TECH, TEACHER, {"deputy_dsl", "slt"}, [TECH, HEAD, TEACHER], True),
        (TECH, None, {"executive_head"}, [TECH, HEAD], True),
        (TECH, TEACHER, {"governor", "it_technician", "staff"}, [TECH, HEAD, TEACHER], False),
        (TECH, TECH, {"auditor"}, [TECH, HEAD], True),  # reads whom the leads looked at
        (TECH, TECH, {"e_safety_officer"}, [TECH, HEAD], True),  # reads every report
        (TECH, TECH, {"slt"}, [TECH, HEAD], True),  # authorises, under some policies
        (TECH, TECH, {"line_manager"}, [TECH, HEAD], True),
        (TECH, TECH, {"school_officer"}, [TECH, HEAD], True),
        (TECH, TEACHER, set(), [TECH, HEAD, TEACHER], False),
        (TECH, TEACHER, {"dsl"}, [TECH, TEACHER], False),  # setup: no headteacher yet
        (TECH, TEACHER, {"dsl"}, [TECH, TEACHER, GONE], False),
        (TECH, HEAD, {"headteacher"}, [TECH, HEAD], True),  # even where it is their own
        (SEALED, TEACHER, {"dsl"}, [TECH, HEAD, TEACHER, SEALED], False),  # alarms everybody
        (BOTH, TEACHER, {"dsl"}, [BOTH, TEACHER], False),
        (BOTH, BOTH, {"dsl"}, [BOTH, HEAD], True),  # not about oneself
        (BOTH, BOTH, {"dsl"}, [BOTH, TEACHER], False),  # unless there is no other
    ],
)
def test_what_waits_for_a_headteacher(
    actor: Account, subject: Account | None, change: set[str], everybody: list[Account], waits: bool
) -> None:
    assert access_rules.waits(actor, subject, change, everybody) == waits


@pytest.mark.parametrize(
    ("subject", "everybody", "ids"),
    [
        (TEACHER, [TECH, HEAD, SECOND_HEAD, GONE], [2, 3]),
        (HEAD, [TECH, HEAD, SECOND_HEAD], [3]),
        (HEAD, [TECH, HEAD], [2]),
        (TEACHER, [TECH, GONE], []),
    ],
)
def test_who_decides(subject: Account, everybody: list[Account], ids: list[int]) -> None:
    assert [head.id for head in access_rules.deciders(everybody, subject)] == ids


@pytest.mark.parametrize(
    ("subject", "posts", "everybody", "last"),
    [
        (TECH, {"it_technician"}, [TECH, HEAD], Post.IT_TECHNICIAN),
        (TECH, {"it_technician"}, [TECH, BOTH], None),
        (TECH, {"it_technician"}, [TECH, SEALED], Post.IT_TECHNICIAN),
        (HEAD, {"headteacher"}, [TECH, HEAD, GONE], Post.HEADTEACHER),
        (HEAD, {"headteacher"}, [TECH, HEAD, SECOND_HEAD], None),
        (TEACHER, {"staff"}, [TECH, HEAD, TEACHER], None),
        (GONE, {"headteacher"}, [TECH, GONE], None),
    ],
)
def test_nobody_locks_everybody_out(
    subject: Account, posts: set[str], everybody: list[Account], last: Post | None
) -> None:
    assert access_rules.last_of(subject, posts, everybody) == last
