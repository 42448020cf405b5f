"""The trust's policy: Wikipedia is read by all staff and edited by none (DT 6.11)."""

from __future__ import annotations

import pytest

from tests.e2e.gate import Gate
from tests.e2e.lab import Lab

pytestmark = pytest.mark.namespaces
WIKI = "https://en.wikipedia.org"


@pytest.fixture(scope="module")
def template() -> str:
    """The trust's."""
    return "diamond-partnership"


@pytest.mark.parametrize(
    "path", ["/wiki/Volcano", "/w/index.php?title=Volcano", "/w/api.php?action=query", "/"]
)
def test_it_can_be_read(gate: Gate, lab: Lab, path: str) -> None:
    for site in (WIKI, "https://en.m.wikipedia.org"):
        reply = lab.staff.curl(site + path)
        assert reply.from_origin, (reply.status, reply.error)


@pytest.mark.parametrize(
    "path",
    [
        "/w/index.php?title=Volcano&action=edit", "/w/index.php?action=submit&title=Volcano",
        "/w/index.php?title=Volcano&action=%65dit", "/wiki/Volcano?action=edit",
        "/w/index.php?title=Volcano&veaction=edit",
    ],
)  # fmt: skip
def test_no_editor_opens(gate: Gate, lab: Lab, path: str) -> None:
    reply = lab.staff.curl(WIKI + path)
    assert reply.status == 403
    assert "6.11" in reply.body
    assert lab.staff.curl("https://en.m.wikipedia.org" + path).status == 403


@pytest.mark.parametrize("path", ["/w/api.php", "/w/index.php?title=Volcano&action=submit"])
def test_nothing_is_sent(gate: Gate, lab: Lab, path: str) -> None:
    reply = lab.staff.curl(WIKI + path, "--data", "action=edit&title=Volcano&text=x")
    assert reply.status == 403


def test_a_visitor_who_cannot_be_read_reads_on(gate: Gate, lab: Lab) -> None:
    """Without the CA nothing tells reading from writing; a reader is not locked out."""
    assert lab.visitor.curl(f"{WIKI}/wiki/Volcano").from_origin
