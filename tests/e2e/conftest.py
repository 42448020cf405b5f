"""The test bed, one for the whole run; the gate in it, one for each file of tests."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.e2e import lab as laboratory
from tests.e2e import netns, school
from tests.e2e.gate import Gate
from tests.e2e.lab import ROOT, Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """All the machines and what the internet holds."""
    netns.sweep()
    with laboratory.laid_out(tmp_path_factory.mktemp("lab")) as laid:
        yield laid


@pytest.fixture(scope="module")
def template() -> str:
    """The policy of the gate; a file of tests may choose another."""
    return "duffield-meadows"


@pytest.fixture(scope="module")
def gate(lab: Lab, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The gate at work, at break (10:35) on Monday 23 November 2026."""
    gate = Gate(lab, tmp_path_factory.mktemp("gate"))
    school.prepare(gate, template)
    try:
        gate.start()
        lab.pupil.trust(lab.folder, lab.world_ca, gate.root_ca)
        lab.staff.trust(lab.folder, lab.world_ca, gate.root_ca)
        yield gate
    finally:
        gate.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the gate's processes said beside a failure."""
    report: pytest.TestReport = yield
    gate = getattr(item, "funcargs", {}).get("gate")
    if report.failed and isinstance(gate, Gate):
        report.sections.append(("what the gate said", gate.logs()))
    return report


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots are kept; git ignores it."""
    folder = ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
