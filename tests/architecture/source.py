"""The source as the architecture tests see it: files, modules, syntax trees."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("appliance", "proxy_addons", "admin_ui")


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and its syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Return the modules of the packages (default: the three that ship)."""
    found = []
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, path, text, ast.parse(text)))
    return tuple(found)


def imports(module: Module) -> set[str]:
    """Return the dotted names of our own modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(_from(node.module, alias.name) for alias in node.names)
    return {name for name in found if name.partition(".")[0] in PACKAGES}


def tracked() -> tuple[Path, ...]:
    """Return the files that git tracks, or every file where there is no git."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False
    )
    if done.returncode == 0:
        return tuple(ROOT / name for name in done.stdout.decode().split("\0") if name)
    return tuple(p for p in ROOT.rglob("*") if p.is_file() and ".venv" not in p.parts)


def _from(module: str, name: str) -> str:
    path = ROOT.joinpath(*module.split("."), name)
    is_module = path.is_dir() or path.with_suffix(".py").exists()
    return f"{module}.{name}" if is_module else module
