"""The kernel's switches for routing, on files that stand for them: on, and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli.forwarding import FILE, Forwarding

FOUR, SIX = "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"
HEARS = "net/ipv6/conf/wan/accept_ra"


class Kernel:
    """Some files of /proc/sys."""

    def __init__(self, root: Path, **values: str) -> None:
        self.root = root
        for name, value in ((FOUR, "0"), (SIX, "0"), (HEARS, "1")):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(values.get(path.name, value) + "\n")

    def said(self) -> tuple[str, str, str]:
        four, six, hears = ((self.root / name).read_text().strip() for name in (FOUR, SIX, HEARS))
        return four, six, hears


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_on_and_back(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    forwarding = Forwarding(run, "wan", kernel.root)
    forwarding.switch_on()
    assert (forwarding.on, kernel.said()) == (True, ("1", "1", "2"))
    forwarding.put_back()
    assert (forwarding.on, kernel.said()) == (False, ("0", "0", "1"))
    assert not (run / FILE).exists()


def test_a_router_stays_one(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys", ip_forward="1", accept_ra="0")
    forwarding = Forwarding(run, "wan", kernel.root)
    forwarding.switch_on()
    assert kernel.said() == ("1", "1", "0")
    forwarding.put_back()
    assert kernel.said() == ("1", "0", "0")


def test_after_a_kill_the_machine_s_own_settings_are_still_known(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    Forwarding(run, "wan", kernel.root).switch_on()
    again = Forwarding(run, "wan", kernel.root)  # the first was killed
    again.switch_on()
    again.put_back()
    assert kernel.said() == ("0", "0", "1")


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"net/ipv4/ip_forward": 5, "../../etc/x": "1"}'])
def test_a_memory_that_makes_no_sense_harms_nothing(tmp_path: Path, run: Path, text: str) -> None:
    (run / FILE).write_text(text)
    kernel = Kernel(tmp_path / "sys")
    forwarding = Forwarding(run, "wan", kernel.root)
    forwarding.switch_on()
    forwarding.put_back()
    assert kernel.said()[1:] in (("0", "1"), ("1", "2"))  # as before, or as it was left
    assert not (tmp_path / "etc").exists()


def test_without_ipv6_there_is_ipv4(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    (kernel.root / SIX).unlink()
    (kernel.root / HEARS).unlink()
    forwarding = Forwarding(run, "wan", kernel.root)
    forwarding.switch_on()
    assert (kernel.root / FOUR).read_text() == "1"
    forwarding.put_back()
    assert (kernel.root / FOUR).read_text() == "0"
