"""A policy file read for these pages: its text, what it says, and the engine to ask about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from flask import abort
from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.policy.snapshot import Contents, Snapshot
from appliance.policy.survey import Survey, plain
from appliance.policy_file import PolicyDocument
from appliance.policy_file.rule_table import Row, table
from appliance.policy_file.thing_names import Names
from appliance.publish.compile import compile_contents
from appliance.store import policies
from appliance.store.known import vocabulary_of
from appliance.store.tables import PolicyVersion

_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """One policy file, accepted. contents: with the school's own networks and groups.

    at: the hour that timed lines of the file are held against; none of them, any time.
    """

    text: str
    source: str
    document: PolicyDocument = field(compare=False)  # what the text says
    contents: Contents
    at: datetime

    @property
    def survey(self) -> Survey:
        """The engine on the rules alone: no grant, sanction or report of the day."""
        return _survey(self.contents, self.at)

    @property
    def names(self) -> Names:
        """What people call the things of it."""
        return Names(self.document, self.contents)


def in_force(session: Session) -> PolicyVersion:
    """Return the version in force; 404 before the first."""
    current = policies.current_policy(session)
    if current is None:
        abort(404)
    return current


def held(session: Session, text: str, source: str, at: datetime) -> Held:
    """Return a policy file with the school around it.

    Raises:
        policy_file.PolicyFileError: every mistake of it.
    """
    said = vocabulary_of(session, text, source)
    compiled = compile_contents(session, 0, _ANY_TIME, said)
    # What the file itself opens for a time stays; what people opened for a day does not.
    contents = replace(
        plain(compiled), grants=said.grants, sanctions=said.sanctions, permissions=said.permissions
    )
    timed = contents.grants or contents.sanctions or contents.permissions
    hour = at.replace(minute=0, second=0, microsecond=0) if timed else _ANY_TIME
    return Held(text, source, document_of(text, source), contents, hour)


@lru_cache(maxsize=4)
def rows(policy: Held) -> tuple[Row, ...]:
    """Return the table of the rules, made once for each policy."""
    return table(policy.survey, policy.names)


@lru_cache(maxsize=8)
def document_of(text: str, source: str) -> PolicyDocument:
    """Return a policy file, read once. Raises PolicyFileError."""
    return policy_file.load(text, source)


@lru_cache(maxsize=4)
def _survey(contents: Contents, at: datetime) -> Survey:
    """One survey for all who ask: it remembers its answers."""
    return Survey(Snapshot(contents), at)
