"""What may take the old list's place, and what is said of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.lists.acceptance import Change, Counts, refusal, wrong_type
from appliance.lists.formats import Format

OLD = Counts(entries=1000)


@pytest.mark.parametrize(
    ("old", "entries", "refused", "lines", "change", "most", "held", "words"),
    [
        (None, 10, 0, 10, None, 0.5, None, ""),
        (None, 0, 0, 0, None, 0.5, False, "It is empty."),
        (OLD, 0, 0, 0, None, 1.0, False, "It is empty: kept the old one."),
        (OLD, 0, 7, 7, None, 1.0, False, "not one name"),
        (None, 40, 60, 100, None, 0.5, False, "60 of its 100 lines are no names"),
        (None, 50, 50, 100, None, 0.5, None, ""),
        (OLD, 1000, 0, 1000, (0, 0), 0.5, None, ""),
        (OLD, 500, 0, 500, (0, 500), 0.5, None, ""),
        (OLD, 499, 0, 499, (0, 501), 0.5, True, "It had 1,000 names and now has 499: kept the old"),
        (OLD, 1501, 0, 1501, (501, 0), 0.5, True, "now has 1,501"),
        (OLD, 1500, 0, 1500, None, 0.5, None, ""),
        (OLD, 1501, 0, 1501, None, 0.5, True, "now has 1,501"),
        (OLD, 312, 0, 312, None, 0.5, True, "now has 312: kept the old one."),
        (OLD, 1000, 0, 1000, (900, 900), 0.5, True, "900 of its 1,000 names are gone and 900 are"),
        (OLD, 1000, 0, 1000, (900, 900), 0.95, None, ""),
        (Counts(entries=0), 9, 0, 9, None, 0.1, None, ""),
    ],
)  # fmt: skip
def test_the_judgement(
    old: Counts | None, entries: int, refused: int, lines: int, change: tuple[int, int] | None,
    most: float, held: bool | None, words: str,
) -> None:  # fmt: skip
    counted = None if change is None else Change(come=change[0], gone=change[1])
    found = refusal(old, Counts(entries=entries, refused=refused, lines=lines), counted, most)
    assert (None if found is None else found.held) is held
    assert words in ("" if found is None else found.words)


@given(
    st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**6),
    st.floats(0.01, 1.0, allow_nan=False),
)  # fmt: skip
def test_no_shrinking_beyond_the_share_is_ever_taken(
    old: int, new: int, refused: int, most: float
) -> None:
    counts = Counts(entries=new, refused=refused, lines=new + refused)
    found = refusal(Counts(entries=old), counts, None, most)
    if found is None:
        assert new > 0
        assert old == 0 or abs(new - old) <= most * old


@pytest.mark.parametrize(
    ("format_", "content_type", "head", "words"),
    [
        (Format.DOMAINS, "", b"a.example\n", ""),
        (Format.DOMAINS, "text/plain; charset=utf-8", b"# <html> in a comment\n", ""),
        (Format.ADBLOCK, "text/plain", b"[Adblock Plus]\n!", ""),
        (Format.DOMAINS, "application/octet-stream", b"\x1f\x8b\x08", ""),
        (Format.UT1, "application/x-gzip", b"\x1f\x8b\x08", ""),
        (Format.UT1, "application/x-tar", b"adult/domains\0\0\0", ""),
        (Format.HOSTS, "", b"BZh91AY", "bzip2"),
        (Format.HOSTS, "", b"PK\x03\x04", "ZIP"),
        (Format.HOSTS, "", b"%PDF-1.7", "PDF"),
        (Format.HOSTS, "", b"\x89PNG\r\n", "picture"),
        (Format.HOSTS, "", b"\x7fELF", "program"),
        (Format.UT1, "TEXT/HTML", b"\x1f\x8b\x08", "text/html"),
        (Format.UT1, "", b"  <HTML>", "web page"),
        (Format.RPZ, "application/json", b"", "json"),
        (Format.RPZ, "image/svg+xml", b"", "image/svg"),
        (Format.RPZ, "text/html\x07" + "x" * 100, b"", "the server calls it"),
    ],
)
def test_what_a_body_is(format_: Format, content_type: str, head: bytes, words: str) -> None:
    found = wrong_type(format_, content_type, head)
    assert words in found
    assert bool(found) is bool(words)
    assert found.isprintable()


@given(st.binary(max_size=600), st.text(max_size=80), st.sampled_from(Format))
def test_any_body_and_any_name_for_it_get_an_answer(
    head: bytes, content_type: str, format_: Format
) -> None:
    assert wrong_type(format_, content_type, head).isprintable()
