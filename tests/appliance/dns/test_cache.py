from __future__ import annotations

from appliance.dns.cache import STALE_FOR, AnswerCache, key_of
from appliance.dns.records import read_response
from appliance.dns.wire import read_question
from tests.appliance.dns.gate import query
from tests.appliance.dns.test_records import response

LASTS = read_response(response("www.example.com. 60 A 192.0.2.1"))
NOTHING = read_response(response("www.example.com. 0 A 192.0.2.1"))
KEY = key_of(read_question(query("www.example.com")))


def test_fresh_until_its_time_is_up_then_stale_for_a_day() -> None:
    cache = AnswerCache()
    kept = cache.keep(KEY, LASTS, 100.0)
    assert cache.fresh(KEY, 159.9) is kept
    assert cache.fresh(KEY, 160.0) is None
    assert cache.stale(KEY, 160.0 + STALE_FOR - 1) is kept
    assert cache.stale(KEY, 160.0 + STALE_FOR) is None


def test_what_may_not_be_kept_is_not_and_does_not_push_out_what_may() -> None:
    cache = AnswerCache()
    cache.keep(KEY, LASTS, 0.0)
    assert cache.keep(KEY, NOTHING, 1.0).response is NOTHING
    assert cache.fresh(KEY, 2.0) is not None


def test_the_oldest_goes_when_it_is_full() -> None:
    cache = AnswerCache(most=2)
    keys = [key_of(read_question(query(f"{n}.example.com"))) for n in "abc"]
    for key in (keys[0], keys[1], keys[0], keys[2]):
        cache.keep(key, LASTS, 0.0)
    assert [cache.fresh(key, 1.0) is not None for key in keys] == [True, False, True]


def test_the_key_knows_no_case_but_type_do_and_cd() -> None:
    packets = [query("a.b"), query("A.b"), query("a.b", "AAAA"), query("a.b", do=True)]
    cd = bytearray(query("a.b"))
    cd[3] |= 0x10
    keys = {key_of(read_question(packet)) for packet in (*packets, bytes(cd))}
    assert len(keys) == 4
