"""Why a name was refused, as DNS can say it: extended errors, and their structured form."""

from __future__ import annotations

import json
from typing import Final

from appliance.dns.answers import Error
from appliance.dns.wire import Question
from appliance.policy.model import Reason, Verdict
from appliance.policy.snapshot import School, Snapshot

OTHER, STALE, FORGED, BLOCKED, CENSORED, FILTERED, PROHIBITED = 0, 3, 4, 15, 16, 17, 18
# An empty option asks for a structured error: 26 in the specification, 15 in older drafts.
_ASKS: Final = (26, 15)
_NETWORK_POLICY: Final = 5  # sub-error "network operator policy"


def wants_structure(question: Question) -> bool:
    """Whether a client asks for errors in structured form."""
    return question.edns is not None and question.edns.empty_option(*_ASKS)


def refusal(question: Question, host: str, verdict: Verdict, snapshot: Snapshot) -> Error:
    """Return the error for a refused host.

    16 where the law asks for it, 15 where a list did it, 17 for the school's own rules.
    The text is JSON (draft-ietf-dnsop-structured-dns-error) for clients that ask for it.
    """
    if verdict.reason is Reason.ILLEGAL:
        code = CENSORED
    elif any(match.category == verdict.category for match in snapshot.lists.find(host)):
        code = BLOCKED
    else:
        code = FILTERED
    words = _words(verdict)
    if not wants_structure(question):
        return Error(code, words)
    return Error(code, _structured(words, snapshot.contents.school))


def steering(question: Question, verdict: Verdict) -> Error | None:
    """Return the error for a steered host. Who asks for structure must not be told a forgery."""
    if wants_structure(question):
        return None
    return Error(FORGED, f"the gate decides; clause {verdict.clause}" if verdict.clause else "")


def locking(question: Question, *, stale: bool = False) -> Error | None:
    """Return the error for a search engine that is answered with its locked twin."""
    if stale:
        return Error(STALE, "the resolver did not answer in time")
    return None if wants_structure(question) else Error(FORGED, "safe search")


def _words(verdict: Verdict) -> str:
    if verdict.reason is Reason.ILLEGAL:
        return "Blocked by law"
    if verdict.clause:
        return f"Blocked by the school's policy, clause {verdict.clause}"
    return "Blocked by the school's policy"


def _structured(words: str, school: School) -> str:
    said: dict[str, object] = {
        "j": words, "s": _NETWORK_POLICY, "o": school.name, "l": school.language,
    }  # fmt: skip
    contact = _contact(school.contact)
    if contact:
        said["c"] = [contact]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _contact(contact: str) -> str:
    """Only tel: and mailto: are allowed; a bare mail address is made one."""
    if contact.startswith(("tel:", "mailto:")):
        return contact
    plain = "@" in contact and "/" not in contact and " " not in contact
    return f"mailto:{contact}" if plain else ""
