"""The names that others imitate: of the services that a snapshot knows. PURE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from appliance.look_alikes import facts
from appliance.look_alikes.folding import skeleton
from appliance.look_alikes.sites import split
from appliance.policy.domains import Catalogue
from appliance.policy.model import Service
from appliance.policy.names import suffixes
from appliance.policy.snapshot import Contents

SOCIAL: Final = "social_media"
SHORTEST: Final = 5  # letters: shorter names ("x", "kik") are found in too much else


@dataclass(frozen=True, slots=True)
class Brand:
    """One name of a service. folded: its skeleton. ordinary: it is a word like others, too."""

    word: str
    folded: str
    service: str
    name: str
    ordinary: bool


class Known:
    """What a snapshot knows: names to imitate, their whole addresses, and what is good.

    names: of services by id. social: the services that count as social media.
    """

    def __init__(self, contents: Contents, local: tuple[str, ...] = ()) -> None:
        """Read contents. local: the school's own zones, where contents do not have them."""
        services = contents.services
        self.brands = tuple(_every(services))
        self.names = {service.id: service.name for service in services}
        catalogue = Catalogue(services, contents.categories)
        self.social = frozenset(s.id for s in services if SOCIAL in catalogue.lineage(s.categories))
        self.addresses = {
            tuple(domain.split(".")): service.id
            for service in services
            for domain in service.domains
            if len(domain) > SHORTEST + 1
        }
        hosts = [h for s in services for pattern in s.urls for h in pattern.hosts]
        self._good = facts.good().union(
            contents.never_block, contents.never_inspect, contents.local_domains, local,
            contents.sanctuary_domains, contents.sanctuary_hosts, hosts,
            *((*s.domains, *s.assets, *s.hosts) for s in services),
            *(category.domains for category in contents.categories),
        )  # fmt: skip

    def good(self, host: str) -> bool:
        """Whether a host is known for what it is: a service's own, never blocked, trusted."""
        return any(suffix in self._good for suffix in suffixes(host))


def _every(services: tuple[Service, ...]) -> Iterator[Brand]:
    seen = set()
    ordinary = facts.words("ordinary")
    for service in services:
        for word in _words(service):
            if word not in seen:
                seen.add(word)
                yield Brand(word, skeleton(word), service.id, service.name, word in ordinary)


def _words(service: Service) -> tuple[str, ...]:
    """Return the first labels of a service's sites that say its name; if none does, all.

    A domain that is only part of a site (chat.google.com) says nothing of the site's name.
    """
    sites = [domain for domain in service.domains if split(domain)[1] == domain]
    labels = dict.fromkeys(site.partition(".")[0] for site in sites)
    long = [w for w in labels if len(w) >= SHORTEST and not w.startswith("xn--")]
    called = _called(service)
    return tuple(w for w in long if w.replace("-", "") in called) or tuple(long)


def _called(service: Service) -> frozenset[str]:
    """Return each word of a service's name and id, and all of them as one."""
    found: set[str] = set()
    for text in (service.name, service.id):
        words = "".join(s if s.isalnum() else " " for s in text.casefold()).split()
        found.update((*words, "".join(words)))
    return frozenset(found)
