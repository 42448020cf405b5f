"""Files laid out as the public lists are, from the file to the store and back.

Each is made here, after the layout that its publisher uses: head, comments, line ends, the
odd line that is always in there somewhere. The names are nobody's.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.lists.formats import Format
from appliance.lists.gather import gather
from appliance.lists.load import lines_of
from appliance.policy.domains import Mark
from appliance.policy.names import name_of
from appliance.store import lists
from appliance.store.session import open_store

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
B, E, X = Mark.BELOW, Mark.EXACT, Mark.EXCEPT


@dataclass(frozen=True)
class Shape:
    """A file and what must come of it. found: name to mark and line."""

    format: Format
    text: str
    found: dict[str, tuple[Mark, int]]
    refused: int = 0
    pages: int = 0


HOSTS = Shape(
    Format.HOSTS,
    """\
# Title: Everything (a unified hosts file)
#
# Date: 21 November 2026
# Number of unique domains: 4
# ===============================================================

127.0.0.1 localhost
127.0.0.1 localhost.localdomain
127.0.0.1 local
255.255.255.255 broadcasthost
::1 localhost
::1 ip6-localhost ip6-loopback
fe80::1%lo0 localhost
ff00::0 ip6-localnet
ff02::1 ip6-allnodes
0.0.0.0 0.0.0.0

# Start of a part
0.0.0.0 bets.example
0.0.0.0 www.bets.example # the same
127.0.0.1\tpoker.example
0.0.0.0 bad_host.example
0.0.0.0 .
0.0.0.0 bets.example
""",
    {
        "bets.example": (B, 19), "www.bets.example": (B, 20), "poker.example": (B, 21),
        "bad_host.example": (B, 22),
    },
    refused=1,
)  # fmt: skip
DOMAINS = Shape(
    Format.DOMAINS,
    "\ufeff# Title: DoH servers, domains only\r\n# Expires: 1 day\r\n\r\ndoh.example\r\n"
    "*.dns.example\r\nxn--bcher-kva.example\r\nbücher.example\r\n",
    {"doh.example": (B, 4), "dns.example": (B, 5), "xn--bcher-kva.example": (B, 6)},
)
ADBLOCK = Shape(
    Format.ADBLOCK,
    """\
[Adblock Plus]
! Title: Gambling
! Description: Closes gambling.
! Expires: 1 day
! Last modified: 21 Nov 2026 06:30 UTC
! Syntax: AdBlock
||bets.example^
||poker.example^
||slots.example^$important
@@||help.bets.example^
@@||free.slots.example^
##.advert
||news.example/gambling/*
||cdn.example^$third-party
""",
    {
        "bets.example": (B, 7), "poker.example": (B, 8), "slots.example": (B, 9),
        "help.bets.example": (X, 10),
    },
    refused=3,
)  # fmt: skip
DNSMASQ = Shape(
    Format.DNSMASQ,
    """\
# Title: NSFW
# Syntax: Dnsmasq
# Entries: 3
local=/adult.example/
server=/older.example/
address=/oldest.example/0.0.0.0
server=/health.adult.example/#
cache-size=10000
""",
    {
        "adult.example": (B, 4), "older.example": (B, 5), "oldest.example": (B, 6),
        "health.adult.example": (X, 7),
    },
    refused=1,
)  # fmt: skip
RPZ = Shape(
    Format.RPZ,
    """\
; malware, as a response policy zone
$TTL 30
@ SOA localhost. root.localhost. 2611210630 86400 43200 604800 30
 NS localhost.
;
malware.example CNAME . ; Malware download (2026-11-20)
phish.example CNAME .
*.phish.example CNAME .
www.phish.example CNAME rpz-passthru.
32.7.2.0.192.rpz-ip CNAME .
""",
    {
        "malware.example": (E, 6), "phish.example": (B, 8), "www.phish.example": (X, 9),
    },
    refused=1,
)  # fmt: skip
V2FLY = Shape(
    Format.V2FLY,
    """\
# a service and what belongs to it
include:another-service

service.example
service-cdn.example # its pictures
full:app.service.example
ads.service.example @ads
regexp:^log[0-9]+\\.service\\.example$
""",
    {
        "service.example": (B, 4), "service-cdn.example": (B, 5), "app.service.example": (E, 6),
        "ads.service.example": (B, 7),
    },
    refused=2,
)  # fmt: skip
UT1 = Shape(
    Format.UT1,
    "adult.example\nwww.videos.example\n192.0.2.7\nadult_too.example\n",
    {
        "adult.example": (B, 1), "www.videos.example": (B, 2), "192.0.2.7": (B, 3),
        "adult_too.example": (B, 4), "whole.example": (B, 7),
    },
    pages=2,
)  # fmt: skip
UT1_URLS = b"blogs.example/~somebody\nbig.example/album/page.html\nwhole.example/\n"
SHAPES = (HOSTS, DOMAINS, ADBLOCK, DNSMASQ, RPZ, V2FLY)


def through(path: Path, shape: Shape, folder: Path) -> None:
    """Take a file into a store, and see that all of it is there."""
    opened = open_store(folder / "bellgate.db")
    with (
        lines_of(path, shape.format) as lines,
        gather(lines, shape.format, folder) as found,
        opened.session() as session,
    ):
        kept = lists.put(session, "L", "adult", found, source="test", at=AT)
    with opened.reading() as session:
        items = {name_of(key): mark for key, mark in lists.items_of(session, "L")}
        lines_too = {name: (items[name], lists.line_of(session, "L", name)) for name in items}
    opened.close()
    assert lines_too == shape.found
    assert (kept.refused, kept.pages) == (shape.refused, shape.pages)
    assert kept.entries + kept.exceptions == len(shape.found)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.format)
def test_a_list_as_it_is_published(tmp_path: Path, shape: Shape) -> None:
    (tmp_path / "list").write_bytes(shape.text.encode())
    through(tmp_path / "list", shape, tmp_path)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.format)
def test_a_list_as_it_is_published_packed(tmp_path: Path, shape: Shape) -> None:
    (tmp_path / "list.gz").write_bytes(gzip.compress(shape.text.encode()))
    through(tmp_path / "list.gz", shape, tmp_path)


def test_ut1_as_a_folder_and_as_an_archive(tmp_path: Path) -> None:
    parts = {"domains": UT1.text.encode(), "urls": UT1_URLS, "usage": b"black\n"}
    folder = tmp_path / "adult"
    folder.mkdir()
    with tarfile.open(tmp_path / "adult.tar.gz", "w:gz") as tar:
        for name, data in parts.items():
            (folder / name).write_bytes(data)
            info = tarfile.TarInfo(f"adult/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    through(folder, UT1, tmp_path)
    through(tmp_path / "adult.tar.gz", UT1, tmp_path)


def test_every_format_has_its_shape() -> None:
    assert {shape.format for shape in (*SHAPES, UT1)} == set(Format)
