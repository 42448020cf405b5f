"""The site of a host, with endings of several labels and platforms that lend names."""

from __future__ import annotations

import pytest

from appliance.look_alikes.sites import site_of, split


@pytest.mark.parametrize(
    ("host", "front", "site"),
    [
        ("www.example.com", ("www",), "example.com"),
        ("example.com", (), "example.com"),
        ("a.b.example.co.uk", ("a", "b"), "example.co.uk"),
        ("www.duffield.derbyshire.sch.uk", ("www", "duffield"), "derbyshire.sch.uk"),
        ("www.mine.github.io", ("www",), "mine.github.io"),
        ("x.mine.blob.core.windows.net", ("x",), "mine.blob.core.windows.net"),
        ("co.uk", (), "co.uk"),
        ("github.io", (), "github.io"),
        ("localhost", (), "localhost"),
        ("192.0.2.1", (), "192.0.2.1"),
        ("2001:db8::1", (), "2001:db8::1"),
    ],
)
def test_the_site_of_a_host(host: str, front: tuple[str, ...], site: str) -> None:
    assert split(host) == (front, site)
    assert site_of(host) == site
