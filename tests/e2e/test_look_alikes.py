"""A name nobody classified, from a query of a pupil to the technician's page, and back to open."""

from __future__ import annotations

from pathlib import Path

import requests

from appliance import clock
from appliance.accounts.posts import Post
from appliance.look_alikes import feed
from appliance.store import accounts, web_sessions
from appliance.store.account_tables import AccountRow
from appliance.store.session import open_store
from tests.appliance.cli.gate_process import PUPIL, Gate, refused, until, upstream

BREAK = "2026-11-23T10:35"
SITE, OTHER, ORDINARY = "tiktok-unblocked.example", "faceb00k.example", "puzzles.example"


def technician(data: Path) -> str:
    """Return the cookie of a technician who is signed in."""
    store, now = open_store(data / "bellgate.db"), clock.real()
    with store.session() as session:
        made = accounts.add(session, "ict", "ICT", [Post.IT_TECHNICIAN.value], at=now)
        row = session.get(AccountRow, made.id)
        assert row is not None
        row.totp = b"sealed elsewhere"
        session.flush()
        token = web_sessions.begin(
            session, accounts.account(row), at=now, address="127.0.0.1", complete=True, proved=now
        )
    store.close()
    return token


def page(gate: Gate, token: str) -> str:
    where = f"http://127.0.0.1:{gate.ports['web']}/look-alikes"
    answer = requests.get(where, cookies={"bellgate": token}, timeout=20)
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_from_a_query_to_the_page_and_back(tmp_path: Path) -> None:
    with upstream() as port, Gate(tmp_path / "data", port, "--rehearse", BREAK).ready() as gate:
        token = technician(gate.data)
        assert SITE not in page(gate, token)
        for name, tcp in ((ORDINARY, False), (f"www.{SITE}", False), (OTHER, True)):
            assert not refused(gate.lookup(name, PUPIL, tcp=tcp))
        until(lambda: SITE in page(gate, token) and OTHER in page(gate, token))
        text = page(gate, token)
        assert "“unblocked” added" in text
        assert "Fewer than 3 devices" in text
        assert ORDINARY not in text
        # Until somebody decides, it follows what the policy says of unclassified platforms.
        until(lambda: refused(gate.lookup(SITE, PUPIL)))
        assert not refused(gate.lookup(ORDINARY, PUPIL))
        assert gate.command("look-alikes", "dismiss", SITE, "--note", "A test").returncode == 0
        until(lambda: not refused(gate.lookup(SITE, PUPIL)))
        assert SITE not in page(gate, token)
        folder = gate.data / "run" / feed.FOLDER
        kept = [path.name for path in folder.iterdir() if not path.name.startswith("salt-")]
        assert all(PUPIL not in (folder / name).read_text(encoding="ascii") for name in kept)
