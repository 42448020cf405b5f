"""Where a gate listens and where its data lies: what ``up`` chose, written down for the rest."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

from appliance.cli.addresses import Endpoint
from appliance.cli.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One address and the port of each face. 0 switches a face off.

    also: further addresses of ours that the faces listen on. inside: where this machine asks
    them how they are, where that is another. gateway: a firewall stands before them.
    """

    listen: str = "127.0.0.1"
    dns: int = 5300
    http: int = 8080
    https: int = 8443
    proxy: int = 3128
    web: int = 8000
    radius: int = 0
    web_tls: bool = False
    web_name: str = ""  # by which people open the admin UI; empty: by the address
    also: tuple[str, ...] = ()
    inside: str = ""
    gateway: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of ours that clients are led to."""
        return (self.listen, *self.also)

    @property
    def asked(self) -> str:
        """The address at which this machine asks its own faces."""
        return self.inside or self.listen

    @property
    def web_url(self) -> str:
        """The admin UI's address as people open it, without a path."""
        host = self.web_name or (f"[{self.listen}]" if ":" in self.listen else self.listen)
        return f"{'https' if self.web_tls else 'http'}://{host}:{self.web}"


@dataclass(frozen=True, slots=True)
class Places:
    """The data directory and what lies in it."""

    data: Path

    @property
    def database(self) -> Path:
        """The store."""
        return self.data / "bellgate.db"

    @property
    def snapshot(self) -> Path:
        """The published files."""
        return self.data / "snapshot"

    @property
    def spool(self) -> Path:
        """The attempts that the store does not have yet."""
        return self.data / "spool"

    @property
    def authority(self) -> Path:
        """The certificate authority."""
        return self.data / "ca"

    @property
    def lists(self) -> Path:
        """Where lists are fetched to."""
        return self.data / "lists"

    @property
    def run(self) -> Path:
        """What a running gate says of itself."""
        return self.data / "run"

    def make(self) -> None:
        """Make every directory, for nobody but this user."""
        for path in (self.data, self.snapshot, self.spool, self.authority, self.run):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def announce(self, ports: Ports, upstreams: Sequence[Endpoint] = ()) -> None:
        """Write down who runs, where it listens and whom its DNS asks, whole or not at all."""
        said = {"pid": os.getpid(), **asdict(ports), "upstreams": upstreams}
        text = json.dumps(said)
        if not ports.gateway:  # of a gateway that was killed: nobody listens there any more
            for name in ("door.sock", "door.json"):
                (self.run / name).unlink(missing_ok=True)
        draft = self.run / "gate.json.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.run / "gate.json")

    def announced(self) -> Ports | None:
        """Return where the gate listens that was started last; None if none ever was."""
        try:
            said = json.loads((self.run / "gate.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        known = {field.name for field in fields(Ports)}
        found = {name: value for name, value in said.items() if name in known}
        return Ports(**{**found, "also": tuple(found.get("also", ()))})

    def upstreams(self) -> tuple[Endpoint, ...] | None:
        """Return the resolvers that the gate asks that was started last; None: not said."""
        try:
            said = json.loads((self.run / "gate.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        if "upstreams" not in said:
            return None
        return tuple((str(host), int(port)) for host, port in said["upstreams"])

    def running(self) -> bool:
        """Whether a gate runs on this data directory now."""
        try:
            with (self.run / "lock").open(encoding="utf-8") as held:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def lock(self) -> IO[str]:
        """Take the data directory for this process, until the file is closed.

        Raises:
            InputError: another gate runs on it.
        """
        self.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = (self.run / "lock").open("a", encoding="utf-8")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.close()
            raise InputError(f"{self.data}: another gate runs on this data directory") from error
        return held
