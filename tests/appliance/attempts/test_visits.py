"""What becomes one row of the log, and that no attempt is lost on the way."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from appliance.attempts.attempt import Attempt, Layer, Visit
from appliance.attempts.visits import Changes, Entry, Folding
from tests.builders import at, attempt


def seen(second: float, host: str = "facebook.com", **more: object) -> Attempt:
    """Return an attempt so many seconds after the lesson began."""
    return attempt(host, at=at() + timedelta(seconds=second), **more)


def page(second: float, host: str = "facebook.com", path: str = "/", **more: object) -> Attempt:
    """Return a page that somebody opened."""
    more.setdefault("service", "")
    url = f"https://{host}{path}"
    return seen(second, host, visit=Visit.PAGE, layer=Layer.HTTP, url=url, method="GET", **more)


def lookup(second: float, host: str = "facebook.com", **more: object) -> Attempt:
    """Return a look-up of a host that no service explains."""
    return seen(second, host, service="", **more)


def folded(*attempts: Attempt) -> list[Entry]:
    """Return the rows that attempts become when they come together."""
    folding = Folding()
    folding.take(attempts)
    return list(folding.changes().added)


def shape(*attempts: Attempt) -> list[tuple[str, int, int]]:
    """Return host, count and look-ups of each row."""
    return [(e.attempt.host, e.attempt.count, e.lookups) for e in folded(*attempts)]


def test_a_burst_is_one_row_with_its_count_and_last() -> None:
    (entry,) = folded(*(seen(n * 50) for n in range(5)))
    assert (entry.attempt.at, entry.attempt.last) == (seen(0).at, seen(200).at)
    assert entry.attempt.count == 5


def test_a_silence_of_more_than_a_minute_ends_it() -> None:
    assert shape(seen(0), seen(60)) == [("facebook.com", 2, 0)]
    assert shape(seen(0), seen(60.001)) == [("facebook.com", 1, 0)] * 2


def test_no_row_is_longer_than_a_quarter_of_an_hour() -> None:
    rows = folded(*(seen(n * 60) for n in range(31)))
    assert [entry.attempt.count for entry in rows] == [16, 15]


def test_whatever_tells_two_attempts_apart_keeps_two_rows() -> None:
    one = seen(0)
    for other in (
        seen(1, "x.com"), seen(1, verdict="allow"), seen(1, rule="other"), seen(1, period="Break"),
        seen(1, layer=Layer.TLS), seen(1, address="10.1.0.9"), seen(1, person="sam"),
        seen(1, search="how"), seen(1, visit=Visit.BACKGROUND), seen(1, reason="sanction"),
    ):  # fmt: skip
        assert len(folded(one, other)) == 2, other


def test_a_device_that_changes_its_address_is_the_same() -> None:
    assert len(folded(seen(0, device="d1"), seen(1, device="d1", address="10.1.0.9"))) == 1


def test_pages_are_rows_by_url_background_by_host() -> None:
    assert len(folded(page(0, path="/a"), page(1, path="/b"))) == 2
    noise = [seen(n, visit=Visit.BACKGROUND, url=f"https://facebook.com/{n}") for n in range(3)]
    assert len(folded(*noise)) == 1


def test_a_page_explains_the_look_ups_around_it() -> None:
    around = (lookup(0), lookup(1, "www.facebook.com"), page(2), lookup(3, "static.facebook.com"))
    assert shape(*around) == [("facebook.com", 1, 3)]


def test_a_page_explains_what_its_service_loads() -> None:
    assert shape(seen(0, "fbcdn.net"), page(1, service="facebook")) == [("facebook.com", 1, 1)]


def test_a_page_explains_nothing_else() -> None:
    for other in (lookup(0, "x.com"), lookup(0, "notfacebook.com"), lookup(0, address="10.1.0.9")):
        assert len(folded(other, page(1))) == 2
    assert len(folded(lookup(0), page(30.001))) == 2
    assert len(folded(page(0), lookup(30.001))) == 2


def test_a_long_burst_of_look_ups_is_not_one_page() -> None:
    burst = [lookup(n * 20) for n in range(20)]
    assert shape(*burst, page(381)) == [("facebook.com", 20, 0), ("facebook.com", 1, 0)]


def test_a_page_that_comes_later_takes_the_look_ups_row_away() -> None:
    folding = Folding()
    folding.take([lookup(0), lookup(1)])
    assert len(folding.changes().added) == 1
    folding.written([7])
    folding.take([page(2)])
    found = folding.changes()
    assert (found.removed, found.grown, found.added[0].lookups) == ((7,), (), 2)


def test_rows_in_the_store_grow_and_are_left_alone_when_nothing_comes() -> None:
    folding = Folding([(7, Entry(seen(0), 0)), (8, Entry(page(0, "x.com"), 3))])
    assert folding.changes() == Changes((), (), ())
    folding.take([seen(5), lookup(6, "x.com")])
    found = folding.changes()
    assert {(id_, e.attempt.count, e.lookups) for id_, e in found.grown} == {(7, 2, 0), (8, 1, 4)}
    folding.written([])
    assert folding.changes() == Changes((), (), ())


def test_a_row_that_grew_and_then_ended_in_one_batch_is_still_written() -> None:
    folding = Folding([(7, Entry(seen(0), 0))])
    folding.take([seen(30), seen(300)])
    found = folding.changes()
    assert [(id_, e.attempt.count) for id_, e in found.grown] == [(7, 2)]
    assert [e.attempt.count for e in found.added] == [1]


def test_rows_that_can_no_longer_change_are_forgotten() -> None:
    folding = Folding()
    for n in range(50):
        folding.take([seen(n * 61, f"{n}.example", address=f"10.1.0.{n}")])
        folding.written([n])
    assert len(folding._clients) <= 2


MADE = st.builds(
    lambda second, host, visit, who, verdict: seen(
        second, host, visit=visit, address=who, verdict=verdict, service=""
    ),
    st.integers(0, 400), st.sampled_from(["a.example", "www.a.example", "b.example"]),
    st.sampled_from(Visit), st.sampled_from(["10.1.0.1", "10.1.0.2"]),
    st.sampled_from(["allow", "block"]),
)  # fmt: skip


@given(st.lists(st.lists(MADE, max_size=12), max_size=8))
def test_however_they_come_every_attempt_is_counted_once(batches: list[list[Attempt]]) -> None:
    folding, rows, made = Folding(), {}, 0
    for batch in batches:
        folding.take(batch)
        found = folding.changes()
        for id_ in found.removed:
            del rows[id_]
        for id_, entry in found.grown:
            assert id_ in rows
            rows[id_] = entry
        fresh = range(made, made + len(found.added))
        rows.update(zip(fresh, found.added, strict=True))
        made += len(found.added)
        folding.written(fresh)
    counted = sum(entry.attempt.count + entry.lookups for entry in rows.values())
    assert counted == sum(map(len, batches))
