"""Reviews of filtering and monitoring, as they were held (FM-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appliance.store import checks
from appliance.store.policy_tables import PolicyReviewRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who took part, what was found, what is to be done, and when it is looked at again."""

    day: date
    took_part: str
    results: str
    actions: str
    next_review: date
    recorded: datetime
    recorded_by: str
    version: int | None = None


def add(session: Session, review: Review) -> Review:
    """Keep a review.

    Raises:
        ValueError: names the field that is empty, or a next review that is not later.
    """
    if review.next_review <= review.day:
        raise ValueError("next_review: must be after the review itself")
    row = PolicyReviewRow(
        day=review.day, took_part=checks.filled("took_part", review.took_part),
        results=checks.filled("results", review.results), actions=review.actions.strip(),
        next_review=review.next_review, recorded=review.recorded,
        recorded_by=checks.filled("recorded_by", review.recorded_by), version=review.version,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _review(row)


def every(session: Session) -> tuple[Review, ...]:
    """Return all reviews, newest first."""
    order = (PolicyReviewRow.day.desc(), PolicyReviewRow.id.desc())
    return tuple(_review(row) for row in session.scalars(select(PolicyReviewRow).order_by(*order)))


def _review(row: PolicyReviewRow) -> Review:
    return Review(
        day=row.day, took_part=row.took_part, results=row.results, actions=row.actions,
        next_review=row.next_review, recorded=row.recorded, recorded_by=row.recorded_by,
        version=row.version,
    )  # fmt: skip
