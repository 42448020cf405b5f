"""The policy file in force as a document: what the pages carry out and the engine does not read."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy.orm import Session

from appliance import policy_file
from appliance.policy_file import PolicyDocument
from appliance.policy_file.schema_workflow import RequestsEntry
from appliance.store.policies import current_policy


def document(session: Session) -> PolicyDocument | None:
    """Return the policy in force; None before the first.

    Raises:
        policy_file.PolicyFileError: this program does not accept the file (any more).
    """
    current = current_policy(session)
    return None if current is None else _read(current.text, current.source)


def requests_rule(session: Session) -> RequestsEntry:
    """Return how requests and reports are answered; without a policy as the reference has it."""
    found = document(session)
    return RequestsEntry() if found is None else found.requests


@lru_cache(maxsize=2)
def _read(text: str, source: str) -> PolicyDocument:
    return policy_file.load(text, source)
