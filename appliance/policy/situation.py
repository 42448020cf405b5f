"""One question, resolved: who, what and when, as every step of the engine reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.policy.domains import ListMatch
from appliance.policy.model import StandingPermission, Target, TargetKind
from appliance.policy.names import within
from appliance.policy.snapshot import Snapshot
from appliance.policy.standing import Standing, weighed
from appliance.policy.subjects import Client, opens_for
from appliance.policy.timetable import Moment
from appliance.policy.urls import Url, under_prefix


@dataclass(frozen=True, slots=True)
class Query:
    """What a face asks: may this client have this host (or URL) at this instant?

    host: canonical. at: aware. url: where the face can see it; then ``url.host`` is
    ``host``. clock_trusted: False while the clock is not synchronised.
    """

    client: Client
    host: str
    at: datetime
    url: Url | None = None
    method: str = "GET"
    clock_trusted: bool = True


@dataclass(frozen=True, slots=True)
class Situation:
    """A query with everything the snapshot knows about it."""

    query: Query
    snapshot: Snapshot
    moment: Moment
    services: tuple[str, ...]
    categories: tuple[str, ...]  # own first, then ancestors
    lists: tuple[ListMatch, ...]  # those that count
    own: tuple[str, ...] = ()  # the categories that no list says

    @property
    def apart(self) -> tuple[tuple[str, ...], ...]:
        """What is weighed apart, categories nearest first: own, then each list's. Else none."""
        if not self.lists:
            return ()
        lineage = self.snapshot.catalogue.lineage
        each = (self.own, *(lineage((match.category,)) for match in self.lists))
        found = tuple(group for group in dict.fromkeys(each) if group)
        return found if len(found) > 1 else ()

    @property
    def client(self) -> Client:
        """Who asks."""
        return self.query.client

    def in_period(self, when: frozenset[str]) -> bool:
        """Whether the period is one of those named, by kind or name; none means any."""
        return not when or self.moment.kind in when or self.moment.name in when

    def running(self, start: datetime, end: datetime | None) -> bool:
        """Whether a span holds now. With a clock in doubt nothing timed can be relied on."""
        if not self.query.clock_trusted:
            return False
        return start <= self.query.at and (end is None or self.query.at < end)

    def covers(self, target: Target, *, fold_case: bool) -> bool:
        """Whether a target covers what is asked for. fold_case: see ``urls.under_prefix``."""
        match target.kind:
            case TargetKind.URL:
                url = self.query.url
                return url is not None and under_prefix(url, target.id, fold_case=fold_case)
            case TargetKind.HOST:
                return within(self.query.host, target.id)
            case TargetKind.SERVICE:
                return target.id in self.services
            case TargetKind.CATEGORY:
                return target.id in self.categories
            case TargetKind.EVERYTHING:  # pragma: no branch  # the last kind there is
                return True

    def permitted(self, name: str) -> bool:
        """Whether the client holds a standing permission, with its controls in place."""
        return any(self._holds(p) for p in self.snapshot.contents.permissions if p.name == name)

    def _holds(self, permission: StandingPermission) -> bool:
        if not (permission.permitted and permission.controls_applied):
            return False
        applies = opens_for(permission.subject, self.client)
        return applies and self.running(permission.start, permission.end)


def situate(query: Query, snapshot: Snapshot) -> Situation:
    """Resolve a query against a snapshot."""
    catalogue = snapshot.catalogue
    moment = snapshot.moment(query.at, query.client, clock_trusted=query.clock_trusted)
    services = catalogue.services_of(query.host, query.url, query.method)
    own = catalogue.lineage(catalogue.own_categories(query.host, services))
    named = weighed(query.host, snapshot)
    lists = tuple(match for match, standing in named if standing is Standing.COUNTS)
    listed = catalogue.lineage(match.category for match in lists)
    categories = tuple(dict.fromkeys((*own, *listed))) if listed else own
    return Situation(query, snapshot, moment, services, categories, lists, own)
