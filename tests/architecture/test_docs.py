"""The documents keep up with the code: commands, reasons, folders and arrows are named."""

from __future__ import annotations

import click
import pytest

from appliance.cli import main
from appliance.policy.model import Reason
from tests.architecture.source import ROOT

pytestmark = pytest.mark.source

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def commands(group: click.Command, name: str) -> list[str]:
    """Return every command line below a group that is not hidden, group names included."""
    found = [] if name == "bellgate" else [name]
    if isinstance(group, click.Group):
        for child, command in group.commands.items():
            if not command.hidden:
                found += commands(command, f"{name} {child}")
    return found


@pytest.mark.parametrize("command", commands(main, "bellgate"))
def test_the_readme_names_every_command(command: str) -> None:
    assert command in README


@pytest.mark.parametrize("reason", Reason)
def test_the_readme_explains_every_reason(reason: Reason) -> None:
    assert f"`{reason.value}`" in README


def test_the_readme_opens_with_the_school_a_picture_and_the_two_commands() -> None:
    opening = README[:4000]
    assert "make run" in opening
    assert "make test" in opening
    assert "![" in opening


@pytest.mark.parametrize(
    "folder",
    sorted(p.name for p in (ROOT / "appliance").iterdir() if p.is_dir() and p.name[0] != "_"),
)
def test_the_architecture_names_every_folder(folder: str) -> None:
    assert f"`{folder}/`" in ARCHITECTURE or f"{folder}/ " in ARCHITECTURE


@pytest.mark.parametrize(
    "name", ["LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", ".ci/run"]
)
def test_what_every_project_has_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
