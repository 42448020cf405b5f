"""The log says what an unnamed device calls itself, and whose word that is."""

from __future__ import annotations

from pathlib import Path

from appliance.attempts.recorder import Recorder
from appliance.attempts.spool import Spool
from appliance.cli.self_named import SelfNamed
from appliance.store import attempts, settings
from appliance.store.session import open_store
from tests.builders import attempt

MAC = "00:00:5e:00:53:01"


def test_only_who_is_not_registered_is_called_what_it_calls_itself(tmp_path: Path) -> None:
    file = tmp_path / "leases"
    file.write_text(f"0 {MAC} 10.1.0.7 head-teachers-laptop *\n")
    store = open_store(tmp_path / "b.db")
    with store.session() as session:
        settings.put(session, "lease_files", [str(file)])
    names = SelfNamed()
    names.look(store)
    spool = Spool(tmp_path / "spool", "dns")
    spool.append([
        attempt("a.example", mac=MAC, address="10.1.0.7"),
        attempt("b.example", mac="00:00:5e:00:53:02", address="10.1.0.8"),
        attempt("c.example", mac=MAC, address="10.1.0.7", device="d1", device_name="Pad 1"),
    ])  # fmt: skip
    Recorder(tmp_path / "spool", store, named=names.named).drain()
    spool.close()
    with store.reading() as session:
        found = {k.attempt.host: k.attempt for k in attempts.select(session)}
    store.close()
    assert {host: one.device_name for host, one in found.items()} == {
        "a.example": "head-teachers-laptop (what it calls itself)", "b.example": "",
        "c.example": "Pad 1",
    }  # fmt: skip
    assert found["a.example"].device == ""
    assert found["a.example"].role == "staff"
