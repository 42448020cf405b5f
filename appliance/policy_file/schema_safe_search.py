"""The part of a policy file that says how strictly people search."""

from __future__ import annotations

from pydantic import Field

from appliance.policy.safe_search import SafeLevel
from appliance.policy_file.fields import Entry, Ids, Text, Texts


class SafeSearchEntry(Entry):
    """Who searches under which lock. Of the lines for roles the first that fits holds.

    Without one, every role but the least restricted searches under the strict lock. A line
    for a person, device, group or network makes it stricter, never looser. No permission
    takes a lock off. who, when: as in a rule.
    """

    who: Texts = ("everyone",)
    level: SafeLevel = Field(description="An engine with one lock has it for both.")
    engines: Ids = Field(default=(), description="google, bing, youtube, ...; none means all.")
    when: Texts = Field(default=(), description="Period kinds or names; none means every period.")
    clause: Text
