"""What is asked of a site for the school's sake: whose accounts sign in, what is searched for.

Which accounts: the provider itself turns other accounts away; the appliance tells it which are
the school's, on the hosts that sign people in and nowhere else. Which words: ``search_terms``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.policy.model import Subject, SubjectKind
from appliance.policy.names import within
from appliance.policy.subjects import Client, applies_to

MICROSOFT, GOOGLE = "microsoft", "google"
# Where Microsoft 365 signs work and school accounts in ("tenant restrictions", version 1).
MICROSOFT_WORK: Final = ("login.microsoftonline.com", "login.microsoft.com", "login.windows.net")
MICROSOFT_PERSONAL: Final = ("login.live.com",)
# Google asks for the header on all of google.com, which ChromeOS does not bear.
GOOGLE_ALL: Final = ("google.com",)
HOSTS: Final = MappingProxyType(
    {MICROSOFT: (*MICROSOFT_WORK, *MICROSOFT_PERSONAL), GOOGLE: GOOGLE_ALL}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimit:
    """Only the school's own accounts sign in there (a tenant, a Workspace domain).

    provider: ``microsoft`` or ``google``. allowed: tenants or domains. directory: the id
    (GUID) of the Microsoft directory that sets the limit.
    """

    provider: str
    allowed: tuple[str, ...]
    clause: str
    directory: str = ""
    who: tuple[Subject, ...] = (Subject(SubjectKind.EVERYONE),)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts, with all below them, that have to be read for it."""
        return HOSTS[self.provider]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTermsRule:
    """Whose search terms are recorded.

    engines: by id (``search_terms.ENGINES``), read for it; none: where they are read anyway.
    """

    clause: str
    who: tuple[Subject, ...]
    engines: frozenset[str] = frozenset()


def limit_on(host: str, client: Client, limits: Iterable[AccountLimit]) -> AccountLimit | None:
    """Return the first limit on the accounts that a client signs in with on a canonical host."""
    for limit in limits:
        there = any(within(host, name) for name in limit.hosts)
        if there and any(applies_to(subject, client) for subject in limit.who):
            return limit
    return None
