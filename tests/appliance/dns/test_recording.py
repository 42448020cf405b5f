from __future__ import annotations

from datetime import timedelta

from appliance import clock
from appliance.attempts.attempt import Layer, Visit
from appliance.dns.judge import Judge
from appliance.dns.recording import Recording
from tests.appliance.dns.gate import FixedHolder, ListSpool, NoNeighbours, school

PUPIL, OTHER = b"\x7f\0\x0a\5", b"\x7f\0\x0a\6"


def counted(judge: Judge, host: str, **sources: int) -> None:
    """Count queries of two pupils for a host."""
    asker = judge.asker(PUPIL)
    assert asker is not None
    counts = judge.judged(asker, host).counts
    assert counts is not None
    for source, count in zip((PUPIL, OTHER), sources.values(), strict=False):
        counts[source] += count


def test_counts_become_one_attempt_for_each_client_and_name() -> None:
    judge, spool = Judge(FixedHolder(school()), NoNeighbours()), ListSpool()
    recording = Recording(spool, judge)
    counted(judge, "x.com", one=3, other=1)
    counted(judge, "facebook.com", one=2)
    recording.flush()
    recording.flush()
    found = {(a.address, a.host): a for a in spool.attempts}
    assert {key: a.count for key, a in found.items()} == {
        ("127.0.10.5", "x.com"): 3, ("127.0.10.6", "x.com"): 1, ("127.0.10.5", "facebook.com"): 2,
    }  # fmt: skip
    first = found["127.0.10.5", "x.com"]
    assert (first.layer, first.visit, first.role, first.clause) == (
        Layer.DNS, Visit.LOOKUP, "pupil", "6.8",
    )  # fmt: skip
    assert first.at <= first.last < first.at + timedelta(seconds=2)
    assert found["127.0.10.6", "x.com"].at == found["127.0.10.6", "x.com"].last


def test_what_is_settled_before_a_swap_is_told_of_the_client_it_was() -> None:
    holder = FixedHolder(school())
    judge, spool = Judge(holder, NoNeighbours()), ListSpool()
    recording = Recording(spool, judge)
    counted(judge, "x.com", one=1)
    holder.swap(networks=())
    recording.settle()
    judge.renew()
    recording.close()
    assert [(a.role, a.network) for a in spool.attempts] == [("pupil", "pupils")]
    assert spool.closed


def test_times_lie_within_the_verdict() -> None:
    judge, spool = Judge(FixedHolder(school()), NoNeighbours()), ListSpool()
    counted(judge, "x.com", one=5)
    asker = judge.asker(PUPIL)
    assert asker is not None
    judged = judge.judged(asker, "x.com")
    judged.since, judged.until = clock.monotonic() - 10, clock.monotonic() - 5
    recording = Recording(spool, judge)
    recording._settled_at = judged.since + 1  # as if it had settled a while ago
    recording.flush()
    attempt = spool.attempts[0]
    assert attempt.at == judged.query.at + timedelta(seconds=1)
    assert attempt.last < judged.query.at + timedelta(seconds=5)
