"""The test bed: an internet, the appliance, and a pupil, a teacher and a visitor.

```
 internet ---- appliance ---- pupil    10.10.0.5  fd00:10::5  school-owned, has our CA
 9.9.9.9       10.9.0.1  \\--- staff    10.20.0.5  fd00:20::5  personal, has our CA
 93.184...     fd00:9::1  \\-- visitor  10.30.0.5  fd00:30::5  personal, no CA
```

The gate has one address on each family, to which clients are steered and where they ask;
all else is routed through it untouched. Nothing leads out of these namespaces.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.e2e import names, pki
from tests.e2e.client import Client
from tests.e2e.netns import Namespace, cable
from tests.e2e.waiting import until

GATE4: Final = "10.9.0.1"
GATE6: Final = "fd00:9::1"
SUBNETS: Final = {"pupil": 10, "staff": 20, "visitor": 30}
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Lab:
    """All machines, and what the world trusts."""

    folder: Path
    internet: Namespace
    appliance: Namespace
    pupil: Client
    staff: Client
    visitor: Client
    outsider: Client
    world_ca: Path
    nameserver: subprocess.Popen[bytes]

    def clients(self) -> tuple[Client, ...]:
        """Return the school's clients."""
        return self.pupil, self.staff, self.visitor


@contextmanager
def laid_out(folder: Path) -> Iterator[Lab]:
    """Build the test bed and take all of it away again."""
    machines: list[Namespace] = []
    try:
        for role in ("internet", "appliance", *SUBNETS):
            machines.append(Namespace(role))
        internet, appliance, *inside = machines
        _outside(internet, appliance)
        pupil, staff, visitor = (
            _subnet(appliance, machine, number)
            for machine, number in zip(inside, SUBNETS.values(), strict=True)
        )
        outsider = Client(internet, names.DNS4, names.DNS6, GATE4)
        hosts = (*names.HOSTS, f"*{names.BRIEF}", f"*{names.LISTED}")
        world_ca, certificate = pki.make(folder, hosts)
        for client in (pupil, staff, visitor, outsider):
            client.trust(folder, world_ca)
        with (
            started(internet, folder, "nameserver") as nameserver,
            started(internet, folder, "origins", str(certificate)),
        ):
            yield Lab(
                folder, internet, appliance, pupil, staff, visitor, outsider, world_ca, nameserver
            )
    finally:
        for machine in reversed(machines):
            machine.remove()


@contextmanager
def started(
    machine: Namespace, folder: Path, module: str, *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of the test bed inside, from when it says ``ready``."""
    said = folder / f"{module}.log"
    with said.open("ab") as log:
        began = said.stat().st_size
        process = subprocess.Popen(
            machine.command(sys.executable, "-m", f"tests.e2e.{module}", *arguments),
            stdout=log, stderr=log, cwd=ROOT,
        )  # fmt: skip
    try:
        until(lambda: b"ready" in said.read_bytes()[began:], f"{module} is ready", 20)
        yield process
    finally:
        process.kill()
        process.wait()


def _outside(internet: Namespace, appliance: Namespace) -> None:
    cable(internet, "school", appliance, "wan")
    internet.address("school", "192.0.2.2/24", "2001:db8::2/64")
    appliance.address("wan", "192.0.2.1/24", "2001:db8::1/64")
    internet.address("lo", f"{names.DNS4}/32", f"{names.DNS6}/128")
    internet.address("lo", f"{names.YANDEX}/32")
    for four, six in names.ADDRESSES.values():
        internet.address("lo", f"{four}/32", f"{six}/128")
    internet.ip("route", "add", "default", "via", "192.0.2.1")
    internet.ip("-6", "route", "add", "default", "via", "2001:db8::1")
    appliance.ip("route", "add", "default", "via", "192.0.2.2")
    appliance.ip("-6", "route", "add", "default", "via", "2001:db8::2")
    appliance.address("lo", f"{GATE4}/32", f"{GATE6}/128")
    appliance.forward()


def _subnet(appliance: Namespace, machine: Namespace, number: int) -> Client:
    cable(machine, "eth0", appliance, f"lan{number}")
    four, six = f"10.{number}.0", f"fd00:{number}:"
    appliance.address(f"lan{number}", f"{four}.1/24", f"{six}:1/64")
    machine.address("eth0", f"{four}.5/24", f"{six}:5/64")
    machine.ip("route", "add", "default", "via", f"{four}.1")
    machine.ip("-6", "route", "add", "default", "via", f"{six}:1")
    machine.resolver(GATE4)
    return Client(machine, f"{four}.5", f"{six}:5", GATE4)
