"""What a client sent, read as one question or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.attempts.attempt import Visit
from appliance.policy.urls import Url
from proxy_addons.translate import Misdirected, Seen, host_of, seen, target, visit


def read(*named: str, path: str = "/", bound: str | None = "x.com", **more: object) -> object:
    values = {"scheme": "https", "ports": (8443,), **more}
    return target(named=named, path=path, bound=bound, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "named", [("x.com",), ("X.COM.",), ("x.com:443",), ("x.com:8443",), ("x.com", "x.com:443")]
)
def test_one_host_however_spelt(named: tuple[str, ...]) -> None:
    found = read(*named, path="/a?b=1")
    assert isinstance(found, Url)
    assert (found.host, found.port, found.path, found.query) == ("x.com", 443, "/a", (("b", "1"),))


@pytest.mark.parametrize(
    ("named", "status"),
    [
        (("y.com",), 421),
        (("x.com", "y.com"), 421),
        (("x.com:22",), 421),
        (("evil@x.com@y.com",), 421),
        ((), 400),
        (("",), 400),
        (("x com",), 400),
        (("x.com:0",), 400),
        (("x.com:port",), 400),
    ],
)
def test_anything_else_is_refused(named: tuple[str, ...], status: int) -> None:
    found = read(*named)
    assert isinstance(found, Misdirected)
    assert found.status == status


@pytest.mark.parametrize("path", ["", "*", "http://x.com/", "x"])
def test_a_request_needs_a_path(path: str) -> None:
    assert isinstance(read("x.com", path=path), Misdirected)


def test_a_plain_connection_is_for_the_host_it_names() -> None:
    found = read("y.com", bound=None, scheme="http", ports=())
    assert isinstance(found, Url)
    assert (found.scheme, found.host, found.port) == ("http", "y.com", 80)


@given(
    st.lists(st.text(max_size=12) | st.sampled_from(["x.com", "x.com:443", "y.com"]), max_size=3),
    st.text(max_size=12),
)
def test_never_another_host_than_the_connections(named: list[str], path: str) -> None:
    found = read(*named, path=path)
    assert isinstance(found, Misdirected) or found.host == "x.com"  # type: ignore[attr-defined]


def test_headers_are_picked_whatever_their_case() -> None:
    fields = [(b"HOST", b"a"), (b"Sec-Fetch-Dest", b" Document "), (b"X", b"y"), (b"host", b"b"),
              (b"aCCept", b"Text/HTML"), (b"X-Requested-With", b"XMLHttpRequest")]  # fmt: skip
    assert seen(fields) == Seen(("a", "b"), "document", "", "text/html", "xmlhttprequest")


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20))))
def test_any_bytes_can_be_headers(fields: list[tuple[bytes, bytes]]) -> None:
    assert isinstance(seen(fields), Seen)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (Seen(dest="document", mode="navigate"), Visit.PAGE),
        (Seen(mode="navigate"), Visit.PAGE),
        (Seen(dest="iframe", mode="navigate"), Visit.BACKGROUND),
        (Seen(dest="image", accept="text/html"), Visit.BACKGROUND),
        (Seen(dest="empty", mode="cors", accept="text/html"), Visit.BACKGROUND),
        (Seen(accept="text/html,application/xhtml+xml"), Visit.PAGE),
        (Seen(accept="*/*"), Visit.BACKGROUND),
        (Seen(), Visit.BACKGROUND),
    ],
)
def test_a_page_somebody_opened_is_told_from_an_app_at_work(headers: Seen, expected: Visit) -> None:
    assert visit(headers) is expected


@pytest.mark.parametrize(
    ("text", "host"),
    [("X.com.", "x.com"), ("[::1]", "::1"), (None, None), ("", None), ("a b", None), ("..", None)],
)
def test_a_name_is_canonical_or_none(text: str | None, host: str | None) -> None:
    assert host_of(text) == host
