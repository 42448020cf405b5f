"""What a pupil, a teacher and a visitor meet, on real ports with real programs."""

from __future__ import annotations

import select
import socket
import ssl
import time
from pathlib import Path

import pytest

from tests.e2e import names
from tests.e2e.gate import Gate
from tests.e2e.lab import GATE4, GATE6, Lab

pytestmark = pytest.mark.namespaces


@pytest.mark.chromium
def test_a_pupil_sees_the_page_in_chromium(
    gate: Gate, lab: Lab, tmp_path: Path, pictures: Path
) -> None:
    """Facebook's HSTS is preloaded in Chromium: only a trusted certificate gets this far."""
    shown = lab.pupil.browse("https://www.facebook.com/", tmp_path, pictures / "blocked.png")
    assert shown["error"] == ""
    assert shown["address"] == "https://www.facebook.com/"
    assert "www.facebook.com" in shown["text"]
    assert "Ask" in shown["text"]
    assert shown["language"].startswith("en")
    assert "ERR_" not in shown["text"]
    assert (pictures / "blocked.png").stat().st_size > 5000


@pytest.mark.parametrize("how", [(), ("+tcp",)], ids=["udp", "tcp"])
@pytest.mark.parametrize("at", [GATE4, GATE6], ids=["ipv4", "ipv6"])
def test_a_pupil_is_steered(gate: Gate, lab: Lab, how: tuple[str, ...], at: str) -> None:
    four = lab.pupil.dig("www.facebook.com", "A", *how, at=at)
    six = lab.pupil.dig("www.facebook.com", "AAAA", *how, at=at)
    assert (four.status, four.answers) == ("NOERROR", (GATE4,))
    assert (six.status, six.answers) == ("NOERROR", (GATE6,))
    assert max(four.ttls + six.ttls) <= 30
    https = lab.pupil.dig("www.facebook.com", "HTTPS", *how, at=at)
    assert (https.status, https.answers) == ("NOERROR", ())
    assert "SOA" in https.text


def test_what_no_rule_speaks_of_passes_untouched(gate: Gate, lab: Lab) -> None:
    own = names.ADDRESSES["www.bbc.co.uk"]
    for client in (lab.pupil, lab.staff, lab.visitor):
        assert client.dig("www.bbc.co.uk").answers == own[:1]
        assert client.dig("www.bbc.co.uk", "AAAA").answers == own[1:]
        assert client.dig("www.bbc.co.uk", "HTTPS").answers == ('1 . alpn="h3"',)
        reply = client.curl("https://www.bbc.co.uk/news")
        assert reply.from_origin
        assert reply.more["remote_ip"] in own  # straight there, not through the gate


@pytest.mark.parametrize("family", ["-4", "-6"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_pupil_gets_the_page_by_curl(gate: Gate, lab: Lab, scheme: str, family: str) -> None:
    reply = lab.pupil.curl(f"{scheme}://www.facebook.com/some/page", family)
    assert reply.exit == 0, reply.error
    assert reply.status == 403
    assert reply.more["remote_ip"] in (GATE4, GATE6)
    assert "<html lang=" in reply.body
    assert "Alt-Svc" not in reply.headers
    assert "no-store" in reply.headers.lower()


def test_http2_where_this_mitmproxy_can(gate: Gate, lab: Lab) -> None:
    from proxy_addons.run import _http2_is_safe

    reply = lab.pupil.curl("https://www.facebook.com/", "--http2")
    assert reply.status == 403
    assert reply.more["http_version"] == ("2" if _http2_is_safe() else "1.1")


def test_staff_with_permission_are_let_through_at_break(gate: Gate, lab: Lab) -> None:
    reply = lab.staff.curl("https://x.com/home")
    assert reply.exit == 0, reply.error
    assert reply.from_origin
    assert reply.said["path"] == "/home"
    assert lab.staff.curl("https://www.facebook.com/").status == 403  # 7.1: for nobody


@pytest.mark.chromium
def test_staff_see_the_site_in_chromium(gate: Gate, lab: Lab, tmp_path: Path) -> None:
    shown = lab.staff.browse("https://x.com/home", tmp_path)
    assert (shown["title"], shown["error"]) == ("origin", "")


def test_a_visitor_without_the_ca_is_refused_by_name(gate: Gate, lab: Lab) -> None:
    for kind in ("A", "AAAA", "HTTPS"):
        refused = lab.visitor.dig("www.facebook.com", kind)
        assert (refused.status, refused.answers, refused.ede) == ("NXDOMAIN", (), 17)
        assert "SOA" in refused.text
    assert lab.visitor.curl("https://www.facebook.com/").exit == 6  # no such host


@pytest.mark.parametrize("host", ["www.facebook.com", "x.com", "www.instagram.com"])
def test_a_visitor_never_sees_a_certificate_of_ours(gate: Gate, lab: Lab, host: str) -> None:
    """Even one that goes to the steer address of its own accord: closed, nothing to warn of."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        lab.visitor.tls(host, GATE4, verify=False).close()
    assert _certificate_bytes(lab, host) == b""


@pytest.mark.chromium
def test_a_visitor_gets_no_warning_in_chromium(gate: Gate, lab: Lab, tmp_path: Path) -> None:
    shown = lab.visitor.browse("https://www.facebook.com/", tmp_path)
    assert "ERR_NAME_NOT_RESOLVED" in shown["error"]
    assert "CERT" not in shown["error"] + shown["text"]
    assert "private" not in shown["text"]


@pytest.mark.parametrize("kind", ["A", "AAAA", "HTTPS"])
def test_only_the_schools_own_networks_are_answered(gate: Gate, lab: Lab, kind: str) -> None:
    said = lab.outsider.dig("www.bbc.co.uk", kind)
    assert said.status in ("", "REFUSED")
    assert said.answers == ()


def test_outsiders_get_nothing_of_the_proxy(gate: Gate, lab: Lab) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        lab.outsider.tls("www.bbc.co.uk", GATE4, verify=False).close()
    reply = lab.outsider.curl("http://www.bbc.co.uk/", "--proxy", f"http://{GATE4}:3128")
    assert not reply.from_origin


@pytest.mark.parametrize("gate_address", [GATE4, GATE6])
def test_quic_is_refused_at_once(gate: Gate, lab: Lab, gate_address: str) -> None:
    """A browser that hears at once that nobody listens on UDP 443 does not wait for QUIC."""
    family = socket.AF_INET6 if ":" in gate_address else socket.AF_INET
    with lab.pupil.machine.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((gate_address, 443))
        began = time.monotonic()
        sock.send(b"\xc0" + bytes(1199))
        assert select.select([sock], [], [], 2.0)[0]
        with pytest.raises(ConnectionRefusedError):
            sock.recv(1)
        assert time.monotonic() - began < 0.5


def _certificate_bytes(lab: Lab, host: str) -> bytes:
    """Return what the gate sends in TLS handshake records after a ClientHello."""
    context = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    hello = context.wrap_bio(incoming, outgoing, server_hostname=host)
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    received = b""
    with lab.visitor.connect(GATE4, 443) as sock:
        sock.sendall(outgoing.read())
        try:
            while piece := sock.recv(65536):
                received += piece
        except ConnectionError:
            pass  # reset: closed is closed
    return received if received[:1] == b"\x16" else b""
