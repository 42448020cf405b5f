"""Who is responsible at the school for filtering and monitoring (standard FM-01), by name.

A named member of the senior leadership team and a named governor own the standards; the
headteacher and at least one safeguarding lead are known. Without them nothing goes live.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from appliance.accounts.posts import Post
from appliance.store import accounts, web_settings
from appliance.store.accounts import Account

_KEY: Final = "responsible"  # of web_settings: the account's id for each duty


class Duty(StrEnum):
    """What somebody answers for. One person may have several duties."""

    HEADTEACHER = "headteacher"
    DSL = "dsl"
    SECOND_DSL = "second_dsl"
    DEPUTY_DSL = "deputy_dsl"
    SLT_LEAD = "slt_lead"
    GOVERNOR = "governor"
    E_SAFETY_OFFICER = "e_safety_officer"


NAMES: Final = MappingProxyType(
    {
        Duty.HEADTEACHER: "Headteacher",
        Duty.DSL: "Designated safeguarding lead (DSL)",
        Duty.SECOND_DSL: "Second DSL",
        Duty.DEPUTY_DSL: "Deputy DSL",
        Duty.SLT_LEAD: "Senior leader for filtering and monitoring",
        Duty.GOVERNOR: "Governor for filtering and monitoring",
        Duty.E_SAFETY_OFFICER: "E-safety officer",
    }
)
WHAT: Final = MappingProxyType(
    {
        Duty.HEADTEACHER: "Authorises what is opened; may read the log.",
        Duty.DSL: "Reads the log, follows up concerns.",
        Duty.SECOND_DSL: "The same, where there are two.",
        Duty.DEPUTY_DSL: "Stands in for the DSL.",
        Duty.SLT_LEAD: "Owns the school’s filtering and monitoring standards.",
        Duty.GOVERNOR: "Holds the school to the standards; sees counts, never names.",
        Duty.E_SAFETY_OFFICER: "Answers reports of inappropriate content, blocks sites.",
    }
)
POSTS: Final = MappingProxyType(
    {
        Duty.HEADTEACHER: Post.HEADTEACHER,
        Duty.DSL: Post.DSL,
        Duty.SECOND_DSL: Post.DSL,
        Duty.DEPUTY_DSL: Post.DEPUTY_DSL,
        Duty.SLT_LEAD: Post.SLT,
        Duty.GOVERNOR: Post.GOVERNOR,
        Duty.E_SAFETY_OFFICER: Post.E_SAFETY_OFFICER,
    }
)
MANDATORY: Final = (Duty.HEADTEACHER, Duty.DSL, Duty.SLT_LEAD, Duty.GOVERNOR)


def every(session: Session) -> dict[Duty, Account]:
    """Return who has which duty now: an account that is disabled or lost the post has none."""
    kept = web_settings.get(session, _KEY)
    found = {duty: accounts.get(session, int(kept[duty])) for duty in Duty if duty in kept}
    return {
        duty: account
        for duty, account in found.items()
        if account is not None and account.enabled and POSTS[duty] in account.posts
    }


def missing(session: Session) -> tuple[Duty, ...]:
    """Return the duties that somebody must have and nobody has."""
    held = every(session)
    return tuple(duty for duty in MANDATORY if duty not in held)


def appoint(session: Session, duty: Duty, account: int | None) -> None:
    """Give a duty to an account, which has the post; None: to nobody.

    Raises:
        ValueError: there is no such account, or it does not hold the post.
    """
    kept = web_settings.get(session, _KEY)
    kept.pop(duty.value, None)
    if account is not None:
        found = accounts.get(session, account)
        if found is None or not found.enabled or POSTS[duty] not in found.posts:
            raise ValueError(f"{duty.value}: this account does not hold the post")
        kept[duty.value] = account
    web_settings.put(session, _KEY, kept)
