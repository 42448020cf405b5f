"""Which services and categories a host or URL belongs to, most specific first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from appliance.policy.model import Category, Service
from appliance.policy.names import suffixes
from appliance.policy.urls import Url, matches


class Mark(StrEnum):
    """What an entry of a list covers; an exception takes out of its own list alone."""

    BELOW = "b"  # the name and everything below it
    EXACT = "e"  # the name alone
    EXCEPT = "x"  # the name and everything below it are left open


@dataclass(frozen=True, slots=True)
class ListMatch:
    """A published list that names a host: which category, which list, by which entry.

    entry: empty where the list keeps its names to itself.
    """

    category: str
    list_id: str
    entry: str


class ListIndex(Protocol):
    """The lists of a snapshot. Exact suffix semantics, no false positives."""

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return every match of a canonical host or a parent of it, longest entry first."""


class NoLists:
    """A snapshot without lists."""

    def find(self, host: str) -> tuple[ListMatch, ...]:
        """Return nothing."""
        return ()


class HostIndex:
    """Suffixes to ids in a dictionary: a look-up costs one probe for each label."""

    __slots__ = ("_exact", "_suffix")

    def __init__(self) -> None:
        self._suffix: dict[str, list[str]] = {}
        self._exact: dict[str, list[str]] = {}

    def add(self, id_: str, *, domains: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        """Enter an id under canonical suffixes and under exact hosts."""
        for domain in domains:
            self._suffix.setdefault(domain, []).append(id_)
        for host in hosts:
            self._exact.setdefault(host, []).append(id_)

    def find(self, host: str) -> Iterator[tuple[str, str]]:
        """Yield (id, entry that matched), exact hosts first, then the longest suffix."""
        for id_ in self._exact.get(host, ()):
            yield id_, host
        for suffix in suffixes(host):
            for id_ in self._suffix.get(suffix, ()):
                yield id_, suffix


class Catalogue:
    """The services and categories of a snapshot, indexed."""

    __slots__ = (
        "_ancestors",
        "_assets",
        "_categories",
        "_category_hosts",
        "_hosts",
        "_patterned",
        "services",
    )

    def __init__(self, services: Iterable[Service], categories: Iterable[Category]) -> None:
        self.services = {service.id: service for service in services}
        self._categories = {category.id: category for category in categories}
        self._hosts, self._assets = HostIndex(), HostIndex()
        self._category_hosts = HostIndex()
        self._patterned = HostIndex()
        for service in self.services.values():
            self._hosts.add(
                service.id, domains=service.domains + service.assets, hosts=service.hosts
            )
            self._assets.add(service.id, domains=service.assets)
            for pattern in service.urls:
                self._patterned.add(service.id, domains=pattern.hosts)
        for category in self._categories.values():
            self._category_hosts.add(category.id, domains=category.domains)
        self._ancestors = {id_: tuple(self._climb(id_)) for id_ in self._categories}

    def services_of(self, host: str, url: Url | None, method: str) -> tuple[str, ...]:
        """Return the services a host belongs to, those that only match by URL first."""
        by_url = () if url is None else self.url_services_of(host)
        found = [id_ for id_ in by_url if url and self._any_pattern(id_, url, method)]
        found += [id_ for id_, _ in self._hosts.find(host)]
        return tuple(dict.fromkeys(found))

    def url_services_of(self, host: str) -> tuple[str, ...]:
        """Return the services that some URL of a host may belong to."""
        return tuple(dict.fromkeys(id_ for id_, _ in self._patterned.find(host)))

    def asset_of(self, host: str) -> tuple[str, ...]:
        """Return the services whose pages need a host to render."""
        return tuple(id_ for id_, _ in self._assets.find(host))

    def own_categories(self, host: str, services: Iterable[str]) -> tuple[str, ...]:
        """Return the categories a host is in by itself or through its services."""
        found = [id_ for id_, _ in self._category_hosts.find(host)]
        for service in services:
            found += self.services[service].categories
        return tuple(dict.fromkeys(found))

    def own_word(self, host: str) -> int:
        """Return how long an entry of a list has to be, to be beaten by what stands here.

        A category's own domain beats every entry, a service's name those no longer than
        itself. 0: nothing here names the host.
        """
        if any(self._category_hosts.find(host)):
            return len(host)
        return next((len(entry) for _, entry in self._hosts.find(host)), 0)

    def lineage(self, categories: Iterable[str]) -> tuple[str, ...]:
        """Return the categories and all their ancestors, nearest first."""
        found: dict[str, None] = {}
        for category in categories:
            found.update(dict.fromkeys((category, *self._ancestors.get(category, ()))))
        return tuple(found)

    def category(self, id_: str) -> Category | None:
        """Return a category by id, None when the policy does not know it."""
        return self._categories.get(id_)

    def depth(self, category: str) -> int:
        """How many ancestors a category has: the deeper, the more specific."""
        return len(self._ancestors.get(category, ()))

    def _climb(self, id_: str) -> Iterator[str]:
        queue, seen = list(self._categories[id_].parents), {id_}
        while queue:
            parent = queue.pop(0)
            if parent not in seen and parent in self._categories:
                seen.add(parent)
                yield parent
                queue += self._categories[parent].parents

    def _any_pattern(self, service: str, url: Url, method: str) -> bool:
        return any(matches(pattern, url, method) for pattern in self.services[service].urls)
