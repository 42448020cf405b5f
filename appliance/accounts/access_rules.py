"""Who may change whose access: the technician at once, or a headteacher after (CY-04). Pure.

A technician keeps the accounts. What lets somebody open the gate or read who went where is
given and taken by a headteacher, so that no single person lets themselves into both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from appliance.accounts.posts import SECOND_FACTOR, Post
from appliance.store.accounts import Account

HEADS: Final = frozenset({Post.HEADTEACHER, Post.EXECUTIVE_HEAD})
# Posts that a headteacher approves: whoever may authorise under some policy (the SLT, a line
# manager), reads reports (the e-safety officer) or whom the leads looked at (the auditor).
APPROVED: Final = SECOND_FACTOR - {Post.IT_TECHNICIAN}


def waits(actor: Account, subject: Account | None, change: Iterable[str],
          everybody: Iterable[Account]) -> bool:  # fmt: skip
    """Whether a change waits for a headteacher. change: the posts that come or go.

    It does not where there is no headteacher yet, as during setup; nor for the sealed
    emergency account, whose use alarms everybody; nor for a headteacher who is asked anyway.
    """
    if not APPROVED & frozenset(change) or actor.emergency:
        return False
    heads = deciders(everybody, subject)
    return bool(heads) and actor.id not in {one.id for one in heads}


def deciders(everybody: Iterable[Account], subject: Account | None) -> tuple[Account, ...]:
    """Return who decides about somebody's access: headteachers, and not about themselves
    unless there is no other."""
    heads = [one for one in everybody if one.enabled and not one.emergency and HEADS & one.posts]
    others = [one for one in heads if subject is None or one.id != subject.id]
    return tuple(others or heads)


def last_of(subject: Account, posts: Iterable[str], everybody: Iterable[Account]) -> Post | None:
    """Return the post that nobody could hold any more if an account lost these posts.

    Guards against locking everybody out, and against a technician who takes away the only
    headteacher in order to need none.
    """
    lost = frozenset(posts) & subject.posts
    rest = [one for one in everybody if one.enabled and not one.emergency and one.id != subject.id]
    if not subject.enabled:
        return None
    technicians = any(Post.IT_TECHNICIAN in one.posts for one in rest)
    if Post.IT_TECHNICIAN in lost and not technicians:
        return Post.IT_TECHNICIAN
    heads = any(HEADS & one.posts for one in rest)
    return Post.HEADTEACHER if HEADS & lost and not heads else None
