"""Data flows one way round: which package may import which. Anything else fails here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, Module, imports, modules

pytestmark = pytest.mark.source

READING = tuple(
    f"appliance.publish.{name}" for name in ("hold", "files", "domainlist", "shard", "hashes")
)
SPOOLING = ("appliance.attempts.attempt", "appliance.attempts.spool")
SIGNALS = "appliance.circumvention.signals"

# Longest prefix of the importing module -> what it may import besides itself and the clock.
ARROWS: dict[str, tuple[str, ...]] = {
    "appliance.clock": (),
    "appliance.kept_thread": (),
    "appliance.policy": (),
    "appliance.policy_file": ("appliance.policy", "appliance.templates"),
    "appliance.templates": (),
    "appliance.lists": ("appliance.policy",),
    "appliance.store": (
        "appliance.policy", "appliance.policy_file", "appliance.lists", "appliance.audit",
        "appliance.attempts.attempt", "appliance.attempts.visits", "appliance.circumvention",
    ),
    "appliance.attempts": ("appliance.policy",),
    "appliance.attempts.recorder": ("appliance.policy", "appliance.attempts", "appliance.store"),
    "appliance.publish": (
        "appliance.policy", "appliance.policy_file", "appliance.store", "appliance.lists",
    ),
    "appliance.refresh": (
        "appliance.policy", "appliance.lists", "appliance.store", "appliance.audit",
        "appliance.kept_thread",
    ),
    "appliance.identity": (),
    "appliance.identity.dhcp_server": ("appliance.policy",),
    "appliance.firewall": ("appliance.policy", "appliance.templates", "appliance.identity"),
    "appliance.firewall.door": (
        "appliance.policy", "appliance.templates", "appliance.identity", "appliance.firewall",
        SIGNALS, *READING, *SPOOLING,
    ),
    "appliance.circumvention": ("appliance.policy", "appliance.templates", SPOOLING[0]),
    "appliance.circumvention.signals": (SPOOLING[0],),
    "appliance.look_alikes": ("appliance.policy",),
    "appliance.look_alikes.gatherer": (
        "appliance.policy", "appliance.look_alikes", "appliance.store", "appliance.lists",
        "appliance.audit",
    ),
    "appliance.audit": (),
    "appliance.audit.anchors": ("appliance.audit", "appliance.store.audit"),
    "appliance.accounts": ("appliance.store",),
    "appliance.accounts.posts": (),
    "appliance.authority": ("appliance.policy",),
    "appliance.demonstration": (
        "appliance.policy", "appliance.policy_file", "appliance.store", "appliance.publish",
        "appliance.lists", "appliance.accounts", "appliance.audit",
        "appliance.attempts.attempt", "appliance.attempts.visits",
    ),
    "appliance.dns": (
        "appliance.policy", "appliance.identity", "appliance.look_alikes.feed", SIGNALS, *READING,
        *SPOOLING, "appliance.firewall.told",
    ),
    "proxy_addons": (
        "appliance.policy", "appliance.identity", "appliance.authority", SIGNALS, *READING,
        *SPOOLING,
    ),
    "appliance.status": ("appliance.policy",),
    "appliance.doctor": (
        "appliance.policy", "appliance.status", "appliance.identity", "appliance.store",
        "appliance.publish.hold", "appliance.kept_thread",
    ),
    "admin_ui": (
        "appliance.policy", "appliance.store", "appliance.status", "appliance.publish",
        "appliance.authority", "appliance.policy_file", "appliance.accounts", "appliance.audit",
        "appliance.attempts.attempt", "appliance.attempts.attention", "appliance.identity",
        "appliance.lists", "appliance.circumvention",
        "appliance.doctor.asked", "appliance.doctor.result",
    ),
    "appliance.cli": ("appliance", "proxy_addons", "admin_ui"),
}  # fmt: skip
# The reading half of publish knows nothing of the store; the closed snapshot is its one
# way to the policy files.
ARROWS |= dict.fromkeys(READING, ("appliance.policy", "appliance.policy_file", *READING))


def rule_for(name: str) -> str | None:
    """Return the longest line of ARROWS that a module falls under."""
    fitting = [key for key in ARROWS if name == key or name.startswith(key + ".")]
    return max(fitting, key=len, default=None)


def inside(name: str, package: str) -> bool:
    """Whether a module is a package or lies in it."""
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_import_follows_an_arrow(module: Module) -> None:
    key = rule_for(module.name)
    if key is None:
        assert module.name == "appliance", f"no arrow is drawn for {module.name}"
        return
    allowed = (key, "appliance.clock", *ARROWS[key])
    wrong = [name for name in imports(module) if not any(inside(name, a) for a in allowed)]
    assert not wrong, f"{module.name} may not import {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("face", ["appliance.dns.server", "proxy_addons.run"])
def test_a_face_starts_without_store_ui_or_policy_files(face: str) -> None:
    """Whatever is imported by way of others counts too: the loaded modules are looked at."""
    barred = ("sqlalchemy", "flask.app", "pydantic", "appliance.store", "appliance.cli", "admin_ui")
    if face.startswith("proxy_addons"):
        barred = ("sqlalchemy", "appliance.store", "appliance.cli", "admin_ui", "appliance.dns")
    code = f"import sys, {face}\nprint(*[m for m in {barred!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []


def test_the_policy_uses_values_only() -> None:
    """No file, socket, process, database, log or randomness anywhere in the pure core."""
    barred = {"os", "io", "pathlib", "socket", "subprocess", "logging", "random", "time", "asyncio",
              "threading", "sqlalchemy", "requests", "tempfile", "sys"}  # fmt: skip
    for module in modules("appliance/policy"):
        lines = [line.split() for line in module.text.splitlines() if line.split()[:1]]
        used = {words[1].partition(".")[0] for words in lines if words[0] in ("import", "from")}
        assert not used & barred, module.name
