"""Every format has its reader, and each list has its own."""

from __future__ import annotations

import pytest

from appliance.lists.entry import Kind
from appliance.lists.formats import Format, reader

LINES = {
    Format.HOSTS: "0.0.0.0 ads.example",
    Format.DOMAINS: "ads.example",
    Format.ADBLOCK: "||ads.example^",
    Format.DNSMASQ: "local=/ads.example/",
    Format.RPZ: "*.ads.example CNAME .",
    Format.UT1: "http://ads.example/",
    Format.V2FLY: "domain:ads.example @ads",
}


@pytest.mark.parametrize("format_", Format)
def test_a_reader_reads_its_format(format_: Format) -> None:
    assert list(reader(format_)(LINES[format_])) == [("ads.example", Kind.BELOW)]


def test_what_one_zone_said_is_not_known_to_the_next() -> None:
    one = reader(Format.RPZ)
    one("$ORIGIN rpz.example.")
    with pytest.raises(ValueError, match="outside"):
        one("ads.example. CNAME .")
    assert list(reader(Format.RPZ)("ads.example. CNAME .")) == [("ads.example", Kind.EXACT)]
