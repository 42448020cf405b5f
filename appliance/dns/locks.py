"""A search engine whose lock is on: what is asked and answered in its place. Pure.

Its name leads to the name that serves the locked twin (or to one address). Whatever cannot
be had of the twin is not to be had: no answer about a locked name ever holds the engine's
own addresses.
"""

from __future__ import annotations

import struct
from typing import Final

from appliance.dns.answers import Answer, addresses, made_up, record
from appliance.dns.reasons import locking
from appliance.dns.wire import IN, RD, Question, Type, name_to_wire
from appliance.policy.names import is_address

_LED: Final = frozenset({Type.A, Type.AAAA})
_BINDINGS: Final = frozenset({Type.HTTPS, Type.SVCB})  # with hints that would lead elsewhere


def leads(question: Question) -> bool:
    """Whether a question is for addresses, which are those of the twin."""
    return question.type in _LED


def asked(question: Question, alias: str) -> Question:
    """Return what the upstream is asked: the question itself where no lock is on.

    The twin's answer is shared by all who ask, signatures are of no use under another name,
    and it is checked whatever the client says.
    """
    if not alias or question.type not in _LED:
        return question
    raw = name_to_wire(alias) + struct.pack("!HH", question.type, IN)
    return Question(0, RD, raw, question.type, IN, None)


def at_once(question: Question, alias: str) -> Answer | None:
    """Return what can be said of a locked name without the upstream; None: it is asked."""
    if not alias:
        return None
    if question.type in _BINDINGS:
        return made_up(question)
    if is_address(alias):
        if question.type in _LED:
            return addresses(question, [alias], locking(question))
        return made_up(question) if question.type == Type.CNAME else None
    if question.type == Type.CNAME:
        return made_up(
            question, answer=(record(Type.CNAME, name_to_wire(alias)),), error=locking(question)
        )
    return None
