"""What the policy file in force itself names, and the demonstration school where it is on."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.policy.snapshot import Contents
from appliance.store.tables import PolicyVersion, Setting

_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


def current_version(session: Session) -> PolicyVersion | None:
    """Return the policy in force; None before the first."""
    newest = select(PolicyVersion).order_by(PolicyVersion.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def vocabulary(session: Session) -> Contents | None:
    """Return what the policy file names, version 0; None before the first policy.

    Raises:
        policy_file.PolicyFileError: this program does not accept the file (any more).
    """
    current = current_version(session)
    if current is None:
        return None
    return vocabulary_of(session, current.text, current.source)


def vocabulary_of(session: Session, text: str, source: str) -> Contents:
    """Return what any policy file names, as ``vocabulary`` does of the one in force.

    Raises:
        policy_file.PolicyFileError: with every mistake in it.
    """
    own = contents_of(text, source)
    return demo_school(own) if demonstrating(session) else own


def demonstrating(session: Session) -> bool:
    """Whether the demonstration school on loopback is part of this one."""
    row = session.get(Setting, "demo")
    return row is not None and row.value is True


def demo_school(contents: Contents) -> Contents:
    """Return contents with the demonstration school beside what they hold."""
    from appliance.policy_file import demo

    return demo.demo_school(contents)


@lru_cache(maxsize=4)  # in force, before it, and what somebody changes
def contents_of(text: str, source: str) -> Contents:
    """Return what a policy file says. The same text gives the same value, read once.

    Raises:
        policy_file.PolicyFileError: with every mistake in it.
    """
    from appliance.policy_file import build, load

    return build.contents(load(text, source), version=0, built_at=_ANY_TIME)
