"""The measures of the house: sizes, names, the only clock, the named guards."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, Module, modules, tracked

pytestmark = pytest.mark.source

LINES, FUNCTION_LINES = 300, 40
SHIPPED = modules()
EVERYTHING = modules("appliance", "proxy_addons", "admin_ui", "tests")
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns"}
# Each of these catches everything, says in which direction it fails, and has a test.
GUARDS = {
    "appliance/dns/handler.py": "closed: SERVFAIL",
    "proxy_addons/guard.py": "closed: 503 page, killed flow, closed TLS",
    "appliance/publish/hold.py": "last good, else closed snapshot",
}


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("module", EVERYTHING, ids=lambda module: module.name)
def test_files_and_functions_stay_small(module: Module) -> None:
    assert len(module.text.splitlines()) <= LINES
    for function in functions(module):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        # A parametrized table is data: only the function below it counts.
        assert length <= FUNCTION_LINES, f"{function.name} is {length} lines long"


def test_names_say_what_is_inside() -> None:
    assert not [m.name for m in EVERYTHING if m.name.rpartition(".")[2] in VAGUE]


@pytest.mark.parametrize("module", SHIPPED, ids=lambda module: module.name)
def test_only_the_clock_asks_the_time(module: Module) -> None:
    if module.name == "appliance.clock":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            asks = node.func.attr in CLOCKS and owner in {"datetime", "date", "time", "dt"}
            assert not asks, f"{module.name}:{node.lineno} asks the time"


def test_catching_everything_is_for_the_named_guards() -> None:
    found = {
        str(module.path.relative_to(ROOT))
        for module in SHIPPED
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler)
        and _catches_everything(node)
        and not _raises_on(node)
    }
    assert found == set(GUARDS)


@pytest.mark.parametrize("module", SHIPPED, ids=lambda module: module.name)
def test_no_global_mutable_state(module: Module) -> None:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Dict | ast.Set):
            names = ast.unparse(node.targets[0])
            assert names == "__all__", f"{module.name}: {names} can be changed by anybody"
        assert not isinstance(node, ast.Global)


@pytest.mark.parametrize("module", SHIPPED, ids=lambda module: module.name)
def test_every_public_name_says_what_it_is(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} has no docstring"
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            public = not node.name.startswith("_")
            assert not public or ast.get_docstring(node), f"{module.name}.{node.name}"


def test_no_file_names_a_package_registry() -> None:
    hosts = [".".join(words) for words in (("pypi", "org"), ("pythonhosted", "org"),
             ("npmjs", "org"), ("npmjs", "com"), ("deb", "debian", "org"))]  # fmt: skip
    pattern = re.compile("|".join(map(re.escape, hosts)))
    for path in tracked():
        if path.is_file() and path.suffix not in {".png", ".ico", ".gif"}:
            found = pattern.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{path} names {found and found.group()}"


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = ast.unparse(handler.type) if handler.type else "BaseException"
    return any(name in caught.split() for name in ("Exception", "BaseException")) or (
        re.search(r"\b(Base)?Exception\b", caught) is not None
    )


def _raises_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler only cleans up: what it caught goes on."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
