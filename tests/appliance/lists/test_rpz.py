"""Response policy zones: owners, origins, actions, and the records that are no triggers."""

from __future__ import annotations

import pytest

from appliance.lists.entry import Entry, Kind
from appliance.lists.rpz import Zone

BELOW, EXACT, SPECIFIC = Kind.BELOW, Kind.EXACT, Kind.SPECIFIC
# As the example that comes with PowerDNS is laid out; see also draft-vixie-dns-rpz.
ZONE = """\
$TTL 2h;
$ORIGIN rpz.example.com.
@ SOA ns.example.net. hostmaster.example.com. ( 1 12h
    15m 3w ; refresh, retry
    2h )
  NS ns.example.net.
# ---- QNAME triggers ----
nx.example       CNAME .
*.nx.example     CNAME .
mail.nx.example  CNAME rpz-passthru.
data.example     60 IN CNAME *.
drop.example     IN 60 CNAME rpz-drop.
garden.example   CNAME sorry.example.com.
local.example    A 127.0.0.1
                 AAAA ::1
                 TXT "why; and how"
old.example      CNAME old.example.
$ORIGIN org.rpz.example.com.
short            CNAME .
full.example.rpz.example.com. CNAME .
"""


def read(text: str) -> list[Entry]:
    zone = Zone()
    return [entry for line in text.splitlines(keepends=True) for entry in zone.entries(line)]


def test_a_zone_gives_its_names() -> None:
    assert read(ZONE) == [
        ("nx.example", EXACT),
        ("nx.example", BELOW),
        ("mail.nx.example", SPECIFIC),
        ("data.example", EXACT),
        ("drop.example", EXACT),
        ("garden.example", EXACT),
        ("local.example", EXACT),
        ("local.example", EXACT),
        ("old.example", SPECIFIC),
        ("short.org", EXACT),
        ("full.example", EXACT),
    ]


def test_a_transferred_zone_gives_its_names() -> None:
    """As ``dig axfr`` prints it: every owner in full, the zone known from the SOA alone."""
    text = (
        "rpz.example.\t3600\tIN\tSOA\tns.rpz.example. root.rpz.example. 1 2 3 4 5\n"
        "rpz.example.\t3600\tIN\tNS\tns.rpz.example.\n"
        "ads.example.org.rpz.example.\t60\tIN\tCNAME\t.\n"
        "*.ads.example.org.rpz.example.\t60\tIN\tCNAME\t.\n"
    )
    assert read(text) == [("ads.example.org", EXACT), ("ads.example.org", BELOW)]


def test_owners_without_a_zone_are_taken_as_they_stand() -> None:
    assert read("ads.example CNAME .\nmore.example. CNAME .\n") == [
        ("ads.example", EXACT),
        ("more.example", EXACT),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("32.2.0.0.10.rpz-ip CNAME .", "trigger"),
        ("24.0.0.0.127.rpz-client-ip CNAME rpz-drop.", "trigger"),
        ("ns1.example.rpz-nsdname CNAME .", "trigger"),
        ("32.1.2.0.192.rpz-nsip CNAME .", "trigger"),
        ("slow.example CNAME rpz-tcp-only.", "neither closes nor opens"),
        ("www.google.com CNAME forcesafesearch.google.com.", "closes nothing"),
        ("www.search.example A 8.8.8.8", "closes nothing"),
        ("* CNAME .", "'\\*'"),
        ("com CNAME .", "top-level"),
        ("ads.example CNAME", "neither closes nor opens"),
        ("ads.example", "no record"),
        ("  CNAME .", "no record"),
        ("||ads.example^ ? x", "no type"),
        ("$INCLUDE other.zone", "not followed"),
        ("$GENERATE 1-9 a$ CNAME .", "not followed"),
        ("$ORIGIN", "not followed"),
    ],
)
def test_what_no_name_can_carry_out_is_refused(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Zone().entries(line)


def test_an_owner_outside_the_zone_is_refused() -> None:
    zone = Zone()
    zone.entries("$ORIGIN rpz.example.\n")
    with pytest.raises(ValueError, match="outside the zone"):
        zone.entries("ads.example. CNAME .")


def test_a_bracket_that_is_never_closed_costs_some_lines_and_not_the_list() -> None:
    zone = Zone()
    zone.entries("@ SOA ns root ( 1 2\n")
    refused = 0
    for number in range(100):
        try:
            found = zone.entries(f"ads{number}.example CNAME .")
        except ValueError:
            refused += 1
    assert refused == 1
    assert found == (("ads99.example", EXACT),)
