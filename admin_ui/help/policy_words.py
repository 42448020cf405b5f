"""What the policy in force says about monitoring, for the pages that tell everybody."""

from __future__ import annotations

from admin_ui import school_policy
from admin_ui.gate import StoreAwayError, gate
from appliance.accounts.posts import NAMES, Post
from appliance.policy_file import PolicyFileError
from appliance.policy_file.schema_workflow import MonitoringEntry


def readers() -> tuple[str, ...]:
    """Return who may look at the log by the policy in force, as posts in words."""
    return tuple(NAMES[Post(post)] for post in monitoring().readers)


def monitoring() -> MonitoringEntry:
    """The policy's words; the built-in ones where the database or the file cannot be read."""
    try:
        with gate().reading() as session:
            found = school_policy.document(session)
    except (StoreAwayError, PolicyFileError):
        found = None
    return MonitoringEntry() if found is None else found.monitoring
