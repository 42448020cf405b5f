"""What the admin UI carries out: who approves, who is told, what is written down.

The engine does not read these; they are checked and kept for the pages.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from appliance.policy.model import PeriodKind
from appliance.policy_file.fields import (
    Day,
    Entry,
    Id,
    Listed,
    NameIds,
    Post,
    Posts,
    Text,
    Texts,
    Truth,
    UrlPrefix,
)


class ApprovalStep(Entry):
    """One step on the way from a request to a grant."""

    does: Literal["review", "authorise"] = Field(description="The last step authorises.")
    posts: Posts = Field(description="Any one of them takes the step.")


class RequestsEntry(Entry):
    """How blocked content access requests and reports are answered."""

    steps: tuple[ApprovalStep, ...] = (
        ApprovalStep(does="review", posts=("it_technician",)),
        ApprovalStep(does="authorise", posts=("headteacher",)),
    )
    clause: Text | None = None
    due_hours: Annotated[int, Field(ge=1, le=720)] | None = Field(
        default=None, description="Answered within so many hours; overdue ones are flagged."
    )
    due_next_working_day: Truth = Field(
        default=False, description="What arrives on a closed day is due on the next working day."
    )
    due_clause: Text | None = None


class ConcernRoute(Entry):
    """Where a concern may go, and who is told."""

    name: Text
    tell: Posts = ()
    clause: Text | None = None


class ConcernsEntry(Entry):
    """How incidents are handled."""

    routes: dict[Id, ConcernRoute] = Field(default_factory=dict)
    tell_at_once: Posts = Field(default=(), description="Told of every concern when it is opened.")
    triage: Posts = Field(default=("dsl",), description="Who makes the first assessment.")
    outcome_needed: Truth = Field(default=False, description="None is closed without an outcome.")
    clause: Text | None = None


class MonitoringEntry(Entry):
    """What people are told, and what a look at a person's log asks for."""

    notice: Text = "Use of the school network is recorded."
    clause: Text | None = None
    justification: Truth = Field(default=False, description="Opening a person’s log asks for one.")
    justification_clause: Text | None = None
    readers: Posts = Field(default=("dsl", "headteacher"), description="Who may open the log.")
    staff_readers: Posts = Field(
        default=("headteacher",), description="Who of them may open what staff did."
    )
    staff_clause: Text | None = None
    usage_minutes: Annotated[int, Field(ge=1, le=1440)] | None = Field(
        default=None, description="Estimated minutes a day above which a notice is raised."
    )
    usage_tell: Posts = ()
    usage_clause: Text | None = None


class ContentClassEntry(Entry):
    """Who is told of illegal or of unsuitable content, and in which words."""

    tell: Posts
    notice: Text
    clause: Text | None = None


class StandingPermissionEntry(Entry):
    """A permission that rules may ask for: permitted by one, controls applied by another."""

    name: Text
    permitted_by: Post = "headteacher"
    controls_by: Post = "it_technician"
    clause: Text | None = None


class OfficialPageEntry(Entry):
    """One of the school's own pages on a social platform, open to those who run it."""

    id: Id
    url: UrlPrefix = Field(description="Open at and below this address, and nothing beside it.")
    who: Text = Field(description="``group:…`` or ``person:…``: those who run it.")
    approved_by: Post
    approved_on: Day | None = None
    until: Day | None = None
    administrators: Texts = Field(default=(), description="Who runs it; two at the least.")
    clause: Text


class UnclassifiedEntry(Entry):
    """What holds for a host that looks like a social platform until somebody classifies it."""

    action: Literal["block", "allow", "follow"] = Field(
        default="follow", description="follow: as for social_media."
    )
    clause: Text | None = None


class SiteEntry(Entry):
    """A centre with its own people; a DSL sees only their own."""

    name: Text
    dsl: Text | None = None
    data_protection_lead: Text | None = None
    networks: NameIds = ()


class WorkingHoursEntry(Entry):
    """Which period kinds count as contracted hours."""

    kinds: Annotated[tuple[PeriodKind, ...], Listed]
    clause: Text | None = None
