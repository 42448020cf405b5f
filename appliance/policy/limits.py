"""What is asked of a site for the school's sake: accounts it signs in, words it is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.policy.model import Subject, SubjectKind


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTermsRule:
    """Whose search terms are recorded on the sites that are read anyway, or made to be.

    engines: ids of the engines that are steered for it; none means only what is read anyway.
    """

    clause: str
    who: tuple[Subject, ...]
    engines: frozenset[str] = frozenset()
