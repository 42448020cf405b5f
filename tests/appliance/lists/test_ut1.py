"""UT1's domains and urls: a page of a site never closes the site."""

from __future__ import annotations

import pytest

from appliance.lists.entry import Kind, WholePageError
from appliance.lists.ut1 import entries


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ads.example", "ads.example"),
        ("ADS.example\n", "ads.example"),
        ("ads.example/", "ads.example"),
        ("http://ads.example/", "ads.example"),
        ("https://ads.example", "ads.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7/", "192.0.2.7"),
        ("\ufeffads.example", "ads.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_line_gives_its_host(line: str, name: str) -> None:
    assert list(entries(line)) == [(name, Kind.BELOW)]


@pytest.mark.parametrize("line", ["", "  \n", "# comment"])
def test_a_line_without_content_gives_nothing(line: str) -> None:
    assert list(entries(line)) == []


@pytest.mark.parametrize(
    "line",
    ["big.example/~somebody", "http://big.example/a/b?c", "big.example:8080/", "192.0.2.7/x"],
)
def test_a_page_closes_nothing(line: str) -> None:
    with pytest.raises(WholePageError):
        entries(line)


@pytest.mark.parametrize("line", ["com", "/", "a b", "a b/x", "co.uk/page", "<html>", "10.0.0.1"])
def test_what_is_no_host_is_refused(line: str) -> None:
    try:
        entries(line)
    except WholePageError:
        pytest.fail("taken for a page")
    except ValueError as error:
        assert str(error)
    else:
        pytest.fail("taken for a host")
