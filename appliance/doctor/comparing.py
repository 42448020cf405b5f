"""What was found, held against the policy and against what must hold whatever it says. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from appliance.doctor import advice
from appliance.doctor.ground import Ground
from appliance.doctor.names import Must, Name
from appliance.doctor.result import Result
from appliance.doctor.wire import Looked, Said
from appliance.policy.model import Action, Verdict
from appliance.policy.plan import DnsPlan, Plan, TlsPlan
from appliance.status.asking import Outcome
from appliance.status.checks import Level

BLOCKED: Final = "blocked"
OPEN: Final = "open"
LOCKED: Final = "safe search on"


@dataclass(frozen=True, slots=True)
class Case:
    """One name for one role: what the policy plans, and what DNS said (A; AAAA where it bears)."""

    name: Name
    role: str
    plan: Plan
    verdict: Verdict
    looked: Looked
    second: Looked | None

    @property
    def blocked(self) -> bool:
        """Whether the policy closes it."""
        return self.verdict.action is Action.BLOCK

    @property
    def clause(self) -> str:
        """The clause, ready to be put behind a sentence."""
        return f" (clause {self.verdict.clause})" if self.verdict.clause else ""


def by_name(case: Case, ground: Ground) -> Result:
    """Return what DNS's answer means."""
    result = _begun(case)
    failed = _no_answer(result, case)
    if failed is not None:
        return failed
    if case.blocked:
        found = _closed(result, case)
    elif case.plan.dns is DnsPlan.STEER:
        found = _steered(result, case)
    else:
        found = _open(result, case)
    if found.level is Level.RED:
        return found
    return _musts(found, case, ground)


def by_proxy(result: Result, case: Case, outcome: Outcome) -> Result:
    """Return what the proxy's answer means, where DNS's was as it should be."""
    host = case.name.host
    if outcome is Outcome.UNANSWERED:
        words = f"The proxy did not answer for {host}."
        return _red(result, "no answer", words, advice.PROXY_DOWN)
    if not case.blocked:
        if outcome is Outcome.BLOCK_PAGE:
            words = f"{host} should be open{case.clause}, and the proxy blocked it."
            return _red(result, BLOCKED, words, advice.OVERBLOCK)
        if outcome is Outcome.CLOSED:
            words = f"The policy opens {host}{case.clause}, and the proxy could not reach it."
            return _amber(result, "not reached", words, advice.NO_INTERNET)
        return replace(result, words=f"{host} is open{case.clause}, by the proxy too.")
    if outcome in (Outcome.READ, Outcome.UNREAD):
        words = f"{host} should be blocked{case.clause}, and the proxy let it pass."
        return _red(result, OPEN, words, advice.LEAK)
    if case.plan.tls is TlsPlan.INSPECT and outcome is Outcome.CLOSED:
        words = f"{host} is closed, but the proxy did not show the page that says why."
        return _red(result, "closed without a page", words, advice.CERTIFICATE)
    if result.level is Level.GOOD:
        shown = "the page says why"
        if outcome is not Outcome.BLOCK_PAGE:
            shown = "DNS refuses the name, and the proxy the connection"
        return replace(result, words=f"{host} is blocked{case.clause}: {shown}.")
    return result


def _begun(case: Case) -> Result:
    expected = BLOCKED if case.blocked else LOCKED if case.plan.alias else OPEN
    wanted = {Must.BLOCKED: BLOCKED, Must.OPEN: OPEN, Must.LOCKED: LOCKED}
    if case.blocked and case.name.must is Must.LOCKED:
        wanted.pop(Must.LOCKED)  # what is closed needs no lock
    return Result(
        about=case.name.about, level=Level.GOOD, words="", host=case.name.host,
        expected=wanted.get(case.name.must, expected), found=case.looked.said,
    )  # fmt: skip


def _no_answer(result: Result, case: Case) -> Result | None:
    host = case.name.host
    if case.looked.said is Said.SILENT:
        return _red(result, Said.SILENT, f"DNS did not answer for {host}.", advice.DNS_DOWN)
    if case.looked.said is Said.STRANGER:
        words = "DNS did not take the self-test for a client of this network."
        return _red(result, Said.STRANGER, words, advice.STAND_IN)
    if case.looked.said is not Said.NO_UPSTREAM:
        return None
    if case.blocked:
        words = f"{host} should be blocked{case.clause}, and DNS asked the resolver behind it."
        return _red(result, OPEN, words, advice.LEAK)
    words = f"{host} should be open, and the resolver behind the gate does not answer for it."
    if case.plan.alias:
        words = (
            f"{host} leads to {case.plan.alias}, and the resolver behind the gate does not answer "
            "for that: the engine is closed rather than unlocked."
        )
        return _amber(result, Said.NO_UPSTREAM, words, advice.NO_INTERNET)
    if case.name.must is Must.OPEN:
        return _red(result, Said.NO_UPSTREAM, words, advice.NO_INTERNET)
    return _amber(result, Said.NO_UPSTREAM, words, advice.NO_INTERNET)


def _closed(result: Result, case: Case) -> Result:
    wanted = {DnsPlan.REFUSE: Said.REFUSED, DnsPlan.STEER: Said.STEERED}[case.plan.dns]
    host, second = case.name.host, case.second
    if case.looked.said is not wanted:
        words = (
            f"{host} should be blocked{case.clause}, and DNS answers: {case.looked.said}"
            f"{_given(case.looked)}."
        )
        return _red(result, OPEN, words, advice.LEAK)
    if second is not None and second.said is Said.PASSED:
        words = f"{host} should be blocked{case.clause}, and DNS gives it by IPv6{_given(second)}."
        return _red(result, OPEN, words, advice.LEAK)
    how = "is refused by name" if wanted is Said.REFUSED else "leads to the gate's own page"
    return replace(result, found=BLOCKED, words=f"{host} {how}{case.clause}.")


def _steered(result: Result, case: Case) -> Result:
    host = case.name.host
    if case.looked.said is Said.STEERED:
        by = f"{host} is open{case.clause}, watched by the proxy until the bell."
        if case.plan.alias:
            by = f"{host} goes through the proxy, which leads it to {case.plan.alias}."
        return replace(result, found=LOCKED if case.plan.alias else OPEN, words=by)
    words = f"{host} should go through the proxy{case.clause}, and DNS answers: {case.looked.said}."
    if case.looked.said is Said.REFUSED:
        return _red(result, BLOCKED, words, advice.OVERBLOCK)
    return _red(result, case.looked.said, words, advice.LEAK)


def _open(result: Result, case: Case) -> Result:
    host, looked = case.name.host, case.looked
    if looked.said in (Said.REFUSED, Said.STEERED):
        words = f"{host} should be open{case.clause}, and DNS has it {looked.said}."
        return _red(result, BLOCKED, words, advice.OVERBLOCK)
    if case.plan.alias:
        return _locked(result, case)
    if looked.said is Said.UNKNOWN:
        words = f"The gate lets {host} pass; the resolver behind it knows no address of it."
        if case.name.must is Must.OPEN and case.name.about != "Never blocked by a list":
            return _amber(result, Said.UNKNOWN, words, advice.NO_INTERNET)
        return replace(result, found=OPEN, words=words)
    kept = ", and nothing of it is written down" if case.name.about == "Helpline" else ""
    return replace(result, found=OPEN, words=f"{host} is open{case.clause}{kept}.")


def _locked(result: Result, case: Case) -> Result:
    host, twin = case.name.host, case.plan.alias.lower()
    led = [looked for looked in (case.looked, case.second) if looked is not None]
    for looked in led:
        if looked.addresses and twin not in looked.aliases and set(looked.addresses) != {twin}:
            words = f"{host} should lead to {twin}, and DNS gives it{_given(looked)}."
            return _red(result, "safe search off", words, advice.SAFE_SEARCH)
    if not any(looked.addresses for looked in led):
        words = f"{host} leads to {twin}, of which the resolver behind the gate has no address."
        return _amber(result, Said.UNKNOWN, words, advice.NO_INTERNET)
    return replace(result, found=LOCKED, words=f"{host} leads to {twin}: safe search is on.")


def _musts(result: Result, case: Case, ground: Ground) -> Result:
    """Hold against what has to be, where the gate does as the policy says and that is wrong."""
    host, verdict = case.name.host, case.verdict
    if case.name.must is Must.BLOCKED and not case.blocked:
        words = f"{host} ({case.name.about}) must be blocked, and the policy leaves it open."
        return _red(result, OPEN, words, advice.opened_by(verdict.rule, verdict.clause))
    if case.name.must is Must.OPEN and case.blocked:
        words = f"{host} ({case.name.about}) must be open, and the policy blocks it."
        return _red(result, BLOCKED, words, advice.closed_by(verdict.rule, verdict.clause))
    if case.name.must is Must.LOCKED and not case.blocked and not case.plan.alias:
        if case.role == ground.snapshot.least_restricted:
            words = f"{host} is open without a lock, as the policy says of this role."
            return replace(result, found=OPEN, expected=OPEN, words=words)
        words = f"Safe search is not locked on {host} for this role."
        return _red(result, "safe search off", words, advice.SAFE_POLICY)
    return result


def _given(looked: Looked) -> str:
    return f" ({', '.join(looked.addresses[:2])})" if looked.addresses else ""


def _red(result: Result, found: str, words: str, todo: str) -> Result:
    return replace(result, level=Level.RED, found=str(found), words=words, todo=todo)


def _amber(result: Result, found: str, words: str, todo: str) -> Result:
    return replace(result, level=Level.AMBER, found=str(found), words=words, todo=todo)
