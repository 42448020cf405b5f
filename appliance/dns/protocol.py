"""Questions that the protocol itself answers, whatever the policy says. Pure."""

from __future__ import annotations

from typing import Final

from appliance.dns.answers import Answer, made_up, text
from appliance.dns.wire import CHAOS, IN, Question, Rcode, Type, host_of

VERSION: Final = "snapshot.bellgate"
STATE: Final = "state.bellgate"


def by_protocol(question: Question) -> Answer | None:
    """Return the answer to a question that is none of the policy's business, or None."""
    if question.edns is not None and question.edns.version:
        return made_up(question, Rcode.BADVERS, keep=0)
    if question.type in (Type.OPT, Type.TSIG, Type.TKEY, 0):
        return made_up(question, Rcode.FORMERR, keep=0)
    if question.type in (Type.AXFR, Type.IXFR) or question.qclass != IN:
        return made_up(question, Rcode.REFUSED, keep=0)
    if question.type in (253, 254):  # MAILB, MAILA: long obsolete
        return made_up(question, Rcode.NOTIMP, keep=0)
    return None


def about_us(question: Question, version: int, state: str) -> Answer | None:
    """Return what the appliance says of itself (class CHAOS, type TXT), or None."""
    if question.qclass != CHAOS or question.type != Type.TXT:
        return None
    said = {VERSION: str(version), STATE: state}.get(host_of(question.name))
    return None if said is None else text(question, said)
