"""Who has to sign a change of the policy before it is in force (FM-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from admin_ui.access import DSLS, HEADS, LEADERS
from appliance.accounts.posts import Post
from appliance.policy.model import CategoryClass, TargetKind
from appliance.policy_file import PolicyDocument
from appliance.policy_file.compare import Difference, weighty
from appliance.policy_file.effects import Effect, opens_for_pupils
from appliance.store import accounts
from appliance.store.accounts import Account

_SAFEGUARDING: Final = (CategoryClass.UNSUITABLE, CategoryClass.ILLEGAL)


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether somebody else must approve, why, and who there is that may.

    approvers: empty where nobody must, or nobody is there: then it is in force at once.
    """

    needed: bool
    why: str
    approvers: tuple[Account, ...]


def approval(
    session: Session, author: Account, in_force: PolicyDocument, found: tuple[Effect, ...],
    differences: tuple[Difference, ...],
) -> Approval:  # fmt: skip
    """Return who approves a change. Fails towards asking: what no preview tells needs approval."""
    opens = opens_for_pupils(found)
    if not opens and not weighty(differences):
        return Approval(False, "", ())
    safeguarding = _unsuitable_opens(in_force, found)
    posts = approving_posts(in_force, safeguarding=safeguarding)
    others = [a for a in accounts.list_(session) if a.enabled and a.id != author.id]
    may = tuple(one for one in others if posts & one.posts)
    if not may:  # nobody holds the post: whoever leads signs instead
        may = tuple(one for one in others if (LEADERS | DSLS) & one.posts)
    why = (
        "It opens something for pupils."
        if opens
        else "It changes more than the rules: who is who, what is watched, or who decides."
    )
    return Approval(True, why, may)


def approving_posts(document: PolicyDocument, *, safeguarding: bool = False) -> frozenset[Post]:
    """Return the posts that may sign: the headteacher, and those who authorise requests."""
    authorise = {
        Post(post) for step in document.requests.steps if step.does == "authorise"
        for post in step.posts
    }  # fmt: skip
    found = HEADS | (authorise - {Post.IT_TECHNICIAN})
    return found | DSLS if safeguarding else found


def may_approve(
    session: Session, one: Account, author_id: int, document: PolicyDocument,
    found: tuple[Effect, ...], differences: tuple[Difference, ...],
) -> bool:  # fmt: skip
    """Whether an account may sign a change that somebody else made."""
    if one.id == author_id:
        return False
    author = accounts.get(session, author_id)
    if author is None:
        return False  # fails closed: nobody knows who asks for it
    needed = approval(session, author, document, found, differences)
    return any(approver.id == one.id for approver in needed.approvers)


def _unsuitable_opens(document: PolicyDocument, found: tuple[Effect, ...]) -> bool:
    kinds = {id_: entry.kind for id_, entry in document.categories.items()}
    kinds |= {"unsuitable": CategoryClass.UNSUITABLE, "adult": CategoryClass.UNSUITABLE}
    targets = {t for effect in found if effect.opens for t in effect.targets}
    return any(t.kind is TargetKind.CATEGORY and kinds.get(t.id) in _SAFEGUARDING for t in targets)
