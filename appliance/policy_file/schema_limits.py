"""Whose accounts sign in, and whose search terms are recorded, as people write it."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from appliance.policy.search_terms import ENGINES
from appliance.policy_file.fields import Entry, Hosts, Listed, Text, Texts, Truth

GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
GOOGLE_WARNING: Final = (
    "Google takes this limit only when all of google.com is read, which Chromebooks, Android and "
    "Google’s own programs do not bear: they stop working. Where the school has Google "
    "Workspace, set the limit in its admin console for managed browsers instead; or write "
    "`accept_warning: true`"
)


class AccountLimitEntry(Entry):
    """Only the school's own accounts sign in with a provider, on devices with the CA."""

    provider: Literal["microsoft", "google"]
    allowed: Annotated[Hosts, Field(min_length=1)] = Field(
        description="The tenants (Microsoft) or Workspace domains (Google) that may sign in."
    )
    directory: Text = Field(default="", description="Microsoft: the school’s directory id.")
    who: Texts = ("everyone",)
    clause: Text
    accept_warning: Truth = Field(default=False, description="Google: see what it breaks.")

    @model_validator(mode="after")
    def _complete(self) -> AccountLimitEntry:
        if self.provider == "microsoft" and not GUID.fullmatch(self.directory):
            raise ValueError(
                "needs `directory`: the school’s directory (tenant) id, such as "
                "12345678-90ab-cdef-1234-567890abcdef, from the Entra admin centre"
            )
        if self.provider == "google" and not self.accept_warning:
            raise ValueError(GOOGLE_WARNING)
        return self


class SearchTermsEntry(Entry):
    """Whose search terms are recorded as what an attempt was about."""

    who: Texts
    engines: Annotated[tuple[Text, ...], Listed] = Field(
        default=(), description="Read for it; none: only those that are read anyway."
    )
    clause: Text

    @model_validator(mode="after")
    def _known(self) -> SearchTermsEntry:
        known = [engine.id for engine in ENGINES]
        for engine in self.engines:
            if engine == "google":
                raise ValueError("engines: google.com is never read: Chromebooks do not bear it")
            if engine not in known:
                raise ValueError(f"engines: there is no {engine!r}; there are {', '.join(known)}")
        return self
