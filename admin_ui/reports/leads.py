"""The safeguarding leads: whom to call, by name, and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from appliance.accounts.posts import Post
from appliance.store import accounts


@dataclass(frozen=True, slots=True)
class Lead:
    """One who is called. contact: e-mail address, or empty."""

    name: str
    post: str
    contact: str


def everyone(session: Session) -> tuple[Lead, ...]:
    """Return the DSLs, then their deputies; none where the school has put in none."""
    found = [(account, "DSL") for account in accounts.holders(session, Post.DSL)]
    found += [(account, "deputy DSL") for account in accounts.holders(session, Post.DEPUTY_DSL)]
    named = {account.id: (account, post) for account, post in reversed(found)}
    ordered = [named[account.id] for account, _ in found]
    return tuple(dict.fromkeys(Lead(one.name, post, one.email) for one, post in ordered))
