"""The one command, ``bellgate``: one file per command group, loaded when it is asked for.

Exit codes: 0 fine; 1 the answer is no, or something is unhealthy; 2 bad input, with a
message on stderr that names the file and line. A person never sees a traceback for a
mistake in what was given.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, Final

import click

from appliance.cli.errors import translated

# Command -> module of appliance.cli that holds it. Loaded one at a time, so that a DNS
# worker (``bellgate run dns``) never carries the store or the UI in its memory.
COMMANDS: Final = (
    ("up", "up"),
    ("run", "run"),
    ("explain", "explain"),
    ("policy", "policy"),
    ("attempts", "attempts"),
    ("status", "status"),
    ("doctor", "doctor"),
    ("grants", "grants"),
    ("permissions", "permissions"),
    ("sanctions", "sanctions"),
    ("signals", "signals"),
    ("devices", "devices"),
    ("networks", "networks"),
    ("radius", "radius"),
    ("sign-ins", "sign_ins"),
    ("calendar", "calendar"),
    ("lists", "lists"),
    ("look-alikes", "look_alikes"),
    ("ca", "ca"),
    ("clock", "clock"),
    ("audit", "audit"),
    ("accounts", "accounts"),
    ("backup", "backup"),
    ("restore", "backup"),
)


class _Loaded(MutableMapping[str, click.Command]):
    """The commands by name, each imported on first use."""

    def __init__(self) -> None:
        self._modules = dict(COMMANDS)
        self._added: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._added:
            module = import_module(f"{__name__}.{self._modules[name]}")
            self._added[name] = getattr(module, f"{name.replace('-', '_')}_command")
        return self._added[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._added[name] = command

    def __delitem__(self, name: str) -> None:
        del self._modules[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._modules, **self._added})

    def __len__(self) -> int:
        return len({**self._modules, **self._added})


class Gate(click.Group):
    """A group that lists its commands in the order above and turns mistakes into exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what was wrong with the input is said in one message."""
        with translated():
            return super().invoke(ctx)


@click.group(
    cls=Gate,
    commands=_Loaded(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="bellgate", prog_name="bellgate")
def main() -> None:
    """Bellgate: the gate that opens and closes with the school bell.

    Start with `bellgate up`, which tries everything out on this machine, without root.
    Ask `bellgate explain https://www.facebook.com/ --client 127.0.10.5` why something is
    allowed or blocked, now or at any other time.

    Exit codes: 0 fine; 1 the answer is no, or unhealthy; 2 bad input.
    """
