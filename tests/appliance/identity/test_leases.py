"""Lease files: read as dnsmasq and Kea write them, and never more than a name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.identity.leases import MOST_BYTES, HostNames, Lease, read

DNSMASQ = """\
1795604565 00:00:5e:00:53:01 10.1.0.7 pad-7 01:00:00:5e:00:53:01
1795604566 00:00:5e:00:53:02 10.1.0.8 * *
0 06-00:00:5e:00:53:03 10.1.0.9 printer *
duid 00:01:00:01:2c:d0:00:00:00:00:5e:00:53:01
1795604567 6171393 fd00:1::77 pad-7 00:01:00:01:2c:d0:00:00:00:00:5e:00:53:01
nonsense
1795604568 00:00:5e:00:53:04 10.1.0.999 odd *
"""
KEA4 = """\
address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
10.1.0.7,00:00:5e:00:53:01,,4000,1795604565,1,0,0,old-name,0,,0
10.1.0.7,00:00:5e:00:53:01,,4000,1795608565,1,0,0,pad-7.school.example.,0,,0
10.1.0.8,00:00:5e:00:53:02,,4000,1795604565,1,0,0,gone,0,,0
10.1.0.8,00:00:5e:00:53:02,,0,1795604565,1,0,0,gone,0,,0
10.1.0.9,00:00:5e:00:53:03,,4000,1795604565,1,0,0,declined,1,,0
10.1.0.10,00:00:5e:00:53:04,,4000,1795604565,1,0,0,a&#x2cb,0,{ },0
"""
KEA6 = """\
address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id
fd00:1:0::77,00:01,4000,1795604565,1,3000,0,7,128,0,0,pad-7,00:00:5e:00:53:01,0,,1,0,0
fd00:9::,00:01,4000,1795604565,1,3000,2,7,56,0,0,router,00:00:5e:00:53:01,0,,1,0,0
"""


def test_dnsmasqs_file() -> None:
    assert read(DNSMASQ) == (
        Lease("10.1.0.7", "00:00:5e:00:53:01", "pad-7", 1795604565),
        Lease("10.1.0.8", "00:00:5e:00:53:02", "", 1795604566),
        Lease("10.1.0.9", "00:00:5e:00:53:03", "printer", 0),
        Lease("fd00:1::77", "", "pad-7", 1795604567),
    )


def test_keas_files_of_both_families() -> None:
    assert read(KEA4) == (
        Lease("10.1.0.7", "00:00:5e:00:53:01", "pad-7.school.example", 1795608565),
        Lease("10.1.0.10", "00:00:5e:00:53:04", "a,b", 1795604565),
    )
    assert read(KEA6) == (Lease("fd00:1::77", "00:00:5e:00:53:01", "pad-7", 1795604565),)


@pytest.mark.parametrize(
    ("mac", "address", "name"),
    [
        ("00:00:5e:00:53:01", "10.1.0.99", "pad-7"),  # wherever it is
        ("", "10.1.0.7", "pad-7"),
        ("00:00:5e:00:53:77", "10.1.0.7", ""),  # the address has changed hands
        ("00:00:5e:00:53:77", "fd00:1::77", "pad-7"),  # no MAC in the file says otherwise
        ("", "10.1.0.8", ""),
        ("", "10.1.0.9", "printer"),
        ("", "10.9.9.9", ""),
    ],
)
def test_who_is_called_what(tmp_path: Path, mac: str, address: str, name: str) -> None:
    (tmp_path / "leases").write_text(DNSMASQ)
    names = HostNames([tmp_path / "leases"])
    names.look()
    assert names.name_of(mac, address, 1795604000) == name


def test_a_lease_that_ran_out_names_nobody_by_address(tmp_path: Path) -> None:
    (tmp_path / "leases").write_text(DNSMASQ)
    names = HostNames([tmp_path / "leases"])
    names.look()
    assert names.name_of("", "10.1.0.7", 1795604565) == ""
    assert names.name_of("", "10.1.0.9", 9e12) == "printer"


def test_a_change_is_read_and_a_file_that_goes_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "leases"
    names = HostNames([path])
    names.look()
    assert names.name_of("", "10.1.0.7", 0) == ""
    path.write_text(DNSMASQ)
    names.look()
    assert names.name_of("", "10.1.0.7", 0) == "pad-7"
    path.write_text(DNSMASQ.replace("pad-7", "pad-eight"))
    names.look()
    assert names.name_of("", "10.1.0.7", 0) == "pad-eight"
    path.unlink()
    names.look()
    assert names.name_of("", "10.1.0.7", 0) == ""


def test_what_is_no_file_names_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    names = HostNames([tmp_path, tmp_path / "pipe", tmp_path / "large", Path("/nonexistent")])
    names.look()
    assert names.name_of("", "10.1.0.7", 0) == ""


def test_a_line_that_is_broken_spoils_no_other() -> None:
    broken = KEA4.replace(",old-name,", ',"old-name,').replace("gone", "x" * 9000)
    assert [lease.name for lease in read(broken)] == ["pad-7.school.example", "a,b"]


LINES = st.lists(st.text(max_size=60), max_size=5).map("\n".join)


@settings(deadline=None)
@given(st.one_of(LINES, LINES.map(lambda text: KEA4 + text), LINES.map(lambda t: DNSMASQ + t),
                 LINES.map(lambda text: "address," + text)))  # fmt: skip
def test_any_text_is_read(text: str) -> None:
    for lease in read(text):
        assert lease.name.isprintable()
        assert len(lease.name) <= 63
        assert lease.ends >= 0


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_in_a_file_are_read(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-leases"
    path.write_bytes(data)
    names = HostNames([path])
    names.look()
    assert names.name_of("", "10.1.0.7", 0).isprintable()
