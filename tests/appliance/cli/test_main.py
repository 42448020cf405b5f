"""The command as a whole: help everywhere, JSON everywhere, mistakes without a traceback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from appliance.cli import main
from appliance.cli.errors import InputError, translated


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, (*path, name))


EVERY = tuple(commands(main))
SILENT = {("up",), ("ca", "export"), ("ca", "take-root"), ("ca", "return-root")}


def of(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_has_help_that_says_something(path: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*path, "--help"])
    assert done.exit_code == 0, done.output
    described = of(path).help or ""
    assert len(described.split()) >= 4
    for parameter in of(path).params:
        if isinstance(parameter, click.Option) and "run" not in path[:1]:
            assert parameter.help, f"{parameter.opts} says nothing"


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_everything_that_prints_takes_json(path: tuple[str, ...]) -> None:
    command = of(path)
    if isinstance(command, click.Group) or path[:1] == ("run",) or path in SILENT:
        return
    assert any("--json" in parameter.opts for parameter in command.params)


def test_the_hidden_one_is_hidden_and_the_rest_in_order() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    assert "\n  run " not in text
    assert text.index("\n  up ") < text.index("\n  explain ") < text.index("\n  backup ")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("odd"), "odd"),
        (KeyError("nothing"), "nothing"),
        (LookupError(""), "LookupError"),
        (RuntimeError("port 1"), "port 1"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
    ],
)
def test_mistakes_become_one_message(error: Exception, message: str) -> None:
    with pytest.raises(InputError) as caught, translated():
        raise error
    assert caught.value.exit_code == 2
    assert caught.value.message == message


@pytest.mark.parametrize("error", [click.exceptions.Exit(1), click.Abort(), BrokenPipeError()])
def test_what_is_no_mistake_goes_its_way(error: BaseException) -> None:
    with pytest.raises(type(error)), translated():
        raise error


def test_a_bug_is_not_dressed_up_as_a_mistake() -> None:
    with pytest.raises(AssertionError), translated():
        raise AssertionError("ours")


@pytest.mark.parametrize("words", [("no-such",), ("explain",), ("policy", "check", "/none.yaml")])
def test_exit_code_2_and_stderr(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    code = "import sys; from appliance.cli import main; main(['policy', 'show', 'date-palm'])"
    done = subprocess.run(
        f'{sys.executable} -c "{code}" | head -c 1', shell=True, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr


def test_a_dns_worker_carries_no_store(tmp_path: Path) -> None:
    """The commands load one at a time: ``bellgate run dns`` never imports SQLAlchemy."""
    code = (
        "import sys; from appliance.cli import main; main.commands['run'];"
        "print(*[m for m in ('sqlalchemy', 'flask', 'pydantic', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
