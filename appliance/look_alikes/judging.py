"""What the technician is told of a site: how it looks and how it is used, weighed. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from appliance.look_alikes.brands import Known
from appliance.look_alikes.scoring import CLOSES, SHOWN, Resemblance
from appliance.look_alikes.use import sudden

MANY: Final = 5  # clients on a day that make a resemblance count for more
_MORE: Final = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A site to put before the technician. held: it resembles a social platform closely."""

    site: str
    names: tuple[str, ...]
    service: str
    clients: int
    score: int
    reasons: tuple[str, ...]
    held: bool


def judged(
    site: str, found: Iterable[Resemblance], clients: int, before: Sequence[int],
    fronts: Iterable[str], known: Known,
) -> Judged | None:  # fmt: skip
    """Return what is said of a site that so many clients use today; None: nothing.

    found: what of it resembles a service. before: clients on the days counted before.
    How much it is used never closes it: a class that a teacher sent there is sudden, too.
    """
    looks = sorted(found, key=lambda one: (-one.score, one.name))
    burst = sudden(clients, before, fronts)
    score = looks[0].score if looks else 0
    if looks and clients >= MANY:
        score += _MORE
    if burst is not None:
        score = max(score + _MORE, burst.score) if looks else burst.score
    if score < SHOWN:
        return None
    closely = [one for one in looks if one.score >= CLOSES and one.service in known.social]
    reasons = [one.reason for one in looks]
    if burst is not None:
        reasons.append(burst.reason)
    names = [one.name for one in closely or looks] or [site]
    return Judged(
        site, tuple(dict.fromkeys(names)), looks[0].service if looks else "", clients,
        min(score, 100), tuple(dict.fromkeys(reasons)), bool(closely),
    )  # fmt: skip
