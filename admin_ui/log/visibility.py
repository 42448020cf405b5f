"""Whose rows of the log a reader sees, and whether by name. PURE.

What the posts see (role matrix of the standards, 4.5; FM-03, CY-04; reference policy 5.6, 7.4):

- Whoever the policy names as ``monitoring.readers`` sees pupils and visitors by name. The
  DSL stands for the deputy too. All five templates name the DSL and the headteacher; the
  trust (DT) adds the executive head.
- What staff did is closed, also to them, unless ``monitoring.staff_readers`` opens it. By
  default that is the headteacher alone. The reference policy opens it to the DSLs (7.4: they
  may monitor staff and pupil access), the trust to its two heads (8.1); the other three
  templates say no more than that use may be monitored, so their DSL sees no row of staff.
- The technician sees pupils and visitors under pseudonyms: enough to mend what is blocked by
  mistake. Host, rule and reason are shown; the page, the search term, the device, the MAC
  and the whole address are not. The e-safety officer sees the page and the search term too.
  Rows of the illegal class are for readers by name alone (standards, part 5), and so is what a
  sanction stopped: all who work here know who is under one.
- The governor and the auditor see counts, everybody else nothing but the counts of what is
  their own: every account with a person sees the rows of that person.
- The policy cannot name a technician, governor or auditor as a reader: a post that keeps the
  appliance or answers for it never reads names (standards, MUST 9); nor all staff at once.
  Whoever holds two posts sees what either sees.
- A reason in writing is asked for before a named person is opened where the policy says so
  (DP 24), and nowhere else (DT 8.2 rules it out).

Fails closed: a role that the policy does not know, or that it restricts less than pupils,
counts as staff; posts that are not named here see nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.accounts.posts import Post
from appliance.policy.subjects import Role
from appliance.policy_file.schema_workflow import MonitoringEntry
from appliance.store.attempt_wanted import Scope


class Sight(Enum):
    """How somebody's rows are seen."""

    CLOSED = "closed"
    PSEUDONYM = "pseudonym"
    NAME = "name"


NEVER_NAMES: Final = frozenset({Post.IT_TECHNICIAN, Post.GOVERNOR, Post.AUDITOR, Post.STAFF})
PSEUDONYMS: Final = frozenset({Post.IT_TECHNICIAN, Post.E_SAFETY_OFFICER})
COUNTS: Final = frozenset(
    {Post.IT_TECHNICIAN, Post.HEADTEACHER, Post.EXECUTIVE_HEAD, Post.SLT, Post.DSL,
     Post.DEPUTY_DSL, Post.E_SAFETY_OFFICER, Post.GOVERNOR, Post.AUDITOR}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """What a reader sees. pages: the page opened and the search term, where known.

    reason: one is asked for before a named person is opened. counts: the charts.
    """

    pupils: Sight = Sight.CLOSED
    staff: Sight = Sight.CLOSED
    pages: bool = False
    counts: bool = False
    reason: bool = False

    @property
    def rows(self) -> bool:
        """Whether there are any rows but one's own."""
        return self.pupils is not Sight.CLOSED or self.staff is not Sight.CLOSED

    @property
    def names(self) -> bool:
        """Whether any row is shown by name."""
        return Sight.NAME in (self.pupils, self.staff)

    def sight(self, *, staff: bool) -> Sight:
        """Return how a row of staff, or of anybody else, is seen."""
        return self.staff if staff else self.pupils


def visibility(posts: Collection[str], policy: MonitoringEntry) -> Visibility:
    """Return what somebody with these posts sees under a policy."""
    held = set(posts) - NEVER_NAMES
    if Post.DEPUTY_DSL in held:
        held.add(Post.DSL)
    reads = bool(held & set(policy.readers))
    staff = reads and bool(held & set(policy.staff_readers))
    veiled = bool(set(posts) & PSEUDONYMS)
    pupils = Sight.NAME if reads else Sight.PSEUDONYM if veiled else Sight.CLOSED
    return Visibility(
        pupils=pupils,
        staff=Sight.NAME if staff else Sight.CLOSED,
        pages=reads or Post.E_SAFETY_OFFICER in posts,
        counts=bool(set(posts) & COUNTS),
        reason=policy.justification and reads,
    )


@dataclass(frozen=True, slots=True)
class Staff:
    """Who counts as staff: rows of any other role than these, and rows of these people."""

    others: frozenset[str]
    people: frozenset[str]

    def is_(self, role: str, person: str) -> bool:
        """Whether a row is one of staff."""
        return role not in self.others or person in self.people


def staff_of(
    roles: Iterable[Role], people: Iterable[tuple[str, str]], accounts: Iterable[str]
) -> Staff:
    """Return who counts as staff. people: ids with their roles. accounts: those of users.

    Not staff are the roles at least as restricted as pupils; of a policy without pupils,
    those more restricted than staff. Whoever has an account here is staff whatever device
    they use.
    """
    rank = {role.id: role.rank for role in roles}
    least = rank.get("pupil", rank.get("staff", 0) + 1)
    others = frozenset(role for role, at in rank.items() if at >= least and role != "staff")
    named = {id_ for id_, role in people if role not in others}
    return Staff(others, frozenset(named | {id_ for id_ in accounts if id_}))


def scope(seen: Visibility, staff: Staff) -> Scope:
    """Return which rows the query may find. Fails closed: none."""
    if seen.staff is not Sight.CLOSED and seen.pupils is not Sight.CLOSED:
        return Scope(everybody=True, illegal=seen.names)
    if seen.pupils is not Sight.CLOSED:
        return Scope(roles=staff.others, closed=staff.people, illegal=seen.names)
    return Scope()
