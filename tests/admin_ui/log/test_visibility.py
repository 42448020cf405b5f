"""Who sees whose rows: the truth table, over posts and policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_ui.log.visibility import (
    NEVER_NAMES,
    Sight,
    Staff,
    Visibility,
    scope,
    staff_of,
    visibility,
)
from appliance.accounts.posts import Post
from appliance.policy.subjects import Role
from appliance.policy_file import TEMPLATES, template
from appliance.policy_file.schema_workflow import MonitoringEntry
from appliance.store.attempt_wanted import Scope

NAME, VEIL, SHUT = Sight.NAME, Sight.PSEUDONYM, Sight.CLOSED
DM, DP, PP, DT, CC = TEMPLATES
POLICIES = {name: template(name).monitoring for name in TEMPLATES}

# posts, template, pupils, staff, pages, counts, reason
TRUTH = [
    ("it_technician", DM, VEIL, SHUT, False, True, False),
    ("it_technician", DP, VEIL, SHUT, False, True, False),
    ("e_safety_officer", DM, VEIL, SHUT, True, True, False),
    ("governor", DM, SHUT, SHUT, False, True, False),
    ("auditor", DM, SHUT, SHUT, False, True, False),
    ("staff", DM, SHUT, SHUT, False, False, False),
    ("line_manager", DM, SHUT, SHUT, False, False, False),
    ("school_officer", DT, SHUT, SHUT, False, False, False),
    ("slt", DM, SHUT, SHUT, False, True, False),
    ("slt", CC, SHUT, SHUT, False, True, False),
    # The reference policy opens staff to the DSLs (7.4), the others do not.
    ("dsl", DM, NAME, NAME, True, True, False),
    ("deputy_dsl", DM, NAME, NAME, True, True, False),
    ("dsl", DP, NAME, SHUT, True, True, True),
    ("deputy_dsl", DP, NAME, SHUT, True, True, True),
    ("dsl", PP, NAME, SHUT, True, True, False),
    ("dsl", DT, NAME, SHUT, True, True, False),
    ("dsl", CC, NAME, SHUT, True, True, False),
    ("headteacher", DM, NAME, NAME, True, True, False),
    ("headteacher", DP, NAME, NAME, True, True, True),
    ("headteacher", PP, NAME, NAME, True, True, False),
    ("headteacher", DT, NAME, NAME, True, True, False),
    ("headteacher", CC, NAME, NAME, True, True, False),
    ("executive_head", DT, NAME, NAME, True, True, False),
    ("executive_head", DM, SHUT, SHUT, False, True, False),
    # Two posts: what either sees.
    ("it_technician dsl", DP, NAME, SHUT, True, True, True),
    ("governor it_technician", DM, VEIL, SHUT, False, True, False),
    ("staff e_safety_officer", DM, VEIL, SHUT, True, True, False),
    ("", DM, SHUT, SHUT, False, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("posts", "policy", "pupils", "staff", "pages", "counts", "reason"), TRUTH)
def test_what_a_reader_sees(
    posts: str, policy: str, pupils: Sight, staff: Sight, pages: bool, counts: bool, reason: bool
) -> None:
    assert visibility(posts.split(), POLICIES[policy]) == Visibility(
        pupils=pupils, staff=staff, pages=pages, counts=counts, reason=reason
    )


def test_every_post_stands_in_the_table() -> None:
    assert {post for line in TRUTH for post in line[0].split()} == set(Post)


@pytest.mark.parametrize("post", NEVER_NAMES)
def test_no_policy_names_names_to_those_who_keep_or_answer_for_the_appliance(post: Post) -> None:
    told = {post.value} & {"it_technician", "governor", "staff"}
    policy = MonitoringEntry(readers=tuple(told), staff_readers=tuple(told))
    assert not visibility([post], policy).names


def test_a_policy_without_the_dsl_closes_the_log_to_them() -> None:
    policy = MonitoringEntry(readers=("slt",), staff_readers=("dsl",))
    assert visibility(["dsl"], policy) == Visibility(counts=True)
    assert visibility(["slt"], policy).pupils is NAME


@given(st.sets(st.sampled_from(list(Post))), st.sets(st.sampled_from(list(Post))))
def test_more_posts_never_see_less(some: set[Post], more: set[Post]) -> None:
    order = (SHUT, VEIL, NAME)
    for policy in POLICIES.values():
        few, many = visibility(some, policy), visibility(some | more, policy)
        assert order.index(few.pupils) <= order.index(many.pupils)
        assert order.index(few.staff) <= order.index(many.staff)
        assert few.pages <= many.pages
        assert few.counts <= many.counts


ROLES = (Role(id="staff", name="S", rank=1), Role(id="helper", name="H", rank=3),
         Role(id="pupil", name="P", rank=5), Role(id="visitor", name="V", rank=9))  # fmt: skip


@pytest.mark.parametrize(
    ("role", "person", "is_staff"),
    [
        ("pupil", "sam", False), ("pupil", "", False), ("visitor", "", False),
        ("staff", "ann", True), ("staff", "", True), ("helper", "", True),
        ("gone-from-the-policy", "", True), ("", "", True),
        ("pupil", "ann", True),  # a teacher on a classroom computer
        ("visitor", "bob", True),  # an account holder on the guests' Wi-Fi
    ],
)  # fmt: skip
def test_what_counts_as_staff(role: str, person: str, is_staff: bool) -> None:
    staff = staff_of(ROLES, [("sam", "pupil"), ("ann", "staff")], ["bob", ""])
    assert staff.is_(role, person) is is_staff
    opened = scope(Visibility(pupils=NAME), staff)
    assert opened.opens(role, person) is not is_staff


def test_without_pupils_in_the_policy_only_what_is_stricter_than_staff_is_open() -> None:
    assert staff_of(ROLES[:2], [], []).others == {"helper"}
    assert staff_of((), [], []) == Staff(frozenset(), frozenset())


def test_who_sees_nothing_finds_nothing() -> None:
    assert scope(Visibility(), Staff(frozenset({"pupil"}), frozenset())) == Scope()


@pytest.mark.parametrize("sight", [NAME, VEIL])
def test_the_illegal_class_is_for_readers_by_name_alone(sight: Sight) -> None:
    opened = scope(Visibility(pupils=sight), Staff(frozenset({"pupil"}), frozenset()))
    assert opened.illegal is (sight is NAME)
