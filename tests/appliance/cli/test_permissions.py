"""Permissions that have ended: nothing brings them back, and nothing says that they hold."""

from __future__ import annotations

from pathlib import Path

from tests.appliance.cli.test_stored import Bench


def test_one_that_was_revoked_has_ended(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    permit = ("permissions", "permit", "staff_wifi", "--for", "role:staff", "--reason", "Letter")
    kept = bench.json(*permit)
    id_ = str(kept["id"])
    assert "until revoked" in bench.run("permissions", "list").stdout
    assert bench.run("permissions", "revoke", id_).exit_code == 0
    refused = bench.run("permissions", "controls-applied", id_)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"permission {id_} ended on Monday 23 November 2026" in refused.stderr
    assert bench.verdict("https://x.com/", "127.0.20.5") == "block"
    (listed,) = bench.json("permissions", "list", "--all")
    assert (listed["holds"], listed["controls_by"]) == (False, None)
    assert "until revoked" not in bench.run("permissions", "list", "--all").stdout


def test_one_with_both_halves_holds_until_it_is_revoked(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "data")
    kept = bench.json("permissions", "permit", "staff_wifi", "--for", "role:staff",
                      "--reason", "Letter")  # fmt: skip
    id_ = str(kept["id"])
    assert bench.json("permissions", "controls-applied", id_)["holds"] is True
    assert bench.json("permissions", "list")[0]["holds"] is True
    bench.run("permissions", "revoke", id_)
    assert bench.json("permissions", "list", "--all")[0]["holds"] is False
