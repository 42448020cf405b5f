"""The kernel's switches for routing, on files that stand for them: on, and put back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.cli.forwarding import Forwarding

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
    return tmp_path / "run"


def file(run: Path) -> Path:
    return run / f"forwarding-{os.stat('/proc/self/ns/net').st_ino}.json"


def test_on_and_back(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    switches = Forwarding("wan", (run,), kernel.root)
    switches.switch_on()
    assert (switches.on, kernel.said()) == (True, ("1", "1", "2"))
    assert run.stat().st_mode & 0o777 == 0o700
    switches.put_back()
    assert (switches.on, kernel.said()) == (False, ("0", "0", "1"))
    assert list(run.iterdir()) == []


def test_a_router_stays_one(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys", ip_forward="1", accept_ra="0")
    switches = Forwarding("wan", (run,), kernel.root)
    switches.switch_on()
    assert kernel.said() == ("1", "1", "0")
    switches.put_back()
    assert kernel.said() == ("1", "0", "0")


def test_after_a_kill_the_machine_s_own_settings_are_still_known(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    Forwarding("wan", (run,), kernel.root).switch_on()
    again = Forwarding("wan", (run,), kernel.root)  # the first was killed
    again.switch_on()
    again.put_back()
    assert kernel.said() == ("0", "0", "1")


def test_what_somebody_else_has_put_since_is_the_machine_s_own(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys", ip_forward="1", accept_ra="2")
    Forwarding("wan", (run,), kernel.root).switch_on()
    (kernel.root / FOUR).write_text("0")
    again = Forwarding("wan", (run,), kernel.root)
    again.switch_on()
    again.put_back()
    assert kernel.said() == ("0", "0", "2")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", "5", '{"net/ipv4/ip_forward": 5, "../../etc/x": "1"}',
     '{"net/ipv4/ip_forward": "anything at all", "net/ipv6/conf/all/forwarding": "0"}'],
)  # fmt: skip
def test_a_memory_that_makes_no_sense_harms_nothing(tmp_path: Path, run: Path, text: str) -> None:
    run.mkdir(mode=0o700)
    file(run).write_text(text)
    kernel = Kernel(tmp_path / "sys")
    Forwarding("wan", (run,), kernel.root).put_back()  # of a gate that ends before it began
    assert kernel.said() == ("0", "0", "1")
    file(run).write_text(text)
    switches = Forwarding("wan", (run,), kernel.root)
    switches.switch_on()
    switches.put_back()
    assert kernel.said() == ("0", "0", "1")
    assert not (tmp_path / "etc").exists()


def test_no_link_is_followed(tmp_path: Path, run: Path) -> None:
    run.mkdir(mode=0o700)
    aim = tmp_path / "aim"
    aim.write_text('{"net/ipv4/ip_forward": "2"}')
    for path in (file(run), file(run).with_name(file(run).name + ".new")):
        path.symlink_to(aim)
    kernel = Kernel(tmp_path / "sys")
    switches = Forwarding("wan", (run,), kernel.root)
    switches.put_back()
    assert kernel.said() == ("0", "0", "1")
    with pytest.raises(OSError, match="symbolic links"):
        switches.switch_on()
    assert (kernel.said(), aim.read_text()) == (("0", "0", "1"), '{"net/ipv4/ip_forward": "2"}')


@pytest.mark.parametrize("kind", ["link", "open", "file", "missing"])
def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, run: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        run.symlink_to(tmp_path / "elsewhere")
    elif kind == "open":
        run.mkdir()
        run.chmod(0o770)
    elif kind == "file":
        run.touch()
    path = run / "deeper" if kind == "missing" else run
    kernel = Kernel(tmp_path / "sys")
    switches = Forwarding("wan", (path,), kernel.root)
    with pytest.raises(OSError, match=str(path)):
        switches.switch_on()
    assert kernel.said() == ("0", "0", "1")  # not a router
    switches.put_back()
    assert caplog.text == ""
    second = Forwarding("wan", (path, tmp_path / "second"), kernel.root)
    second.switch_on()
    second.put_back()
    assert kernel.said() == ("0", "0", "1")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder away")
def test_a_folder_of_somebody_else_s_is_not_used(tmp_path: Path, run: Path) -> None:
    run.mkdir(mode=0o700)
    os.chown(run, 65534, 65534)
    kernel = Kernel(tmp_path / "sys")
    with pytest.raises(PermissionError, match="not root's alone"):
        Forwarding("wan", (run,), kernel.root).switch_on()
    assert kernel.said() == ("0", "0", "1")


def test_what_cannot_be_put_back_is_said(
    tmp_path: Path, run: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = Kernel(tmp_path / "sys")
    switches = Forwarding("wan", (run,), kernel.root)
    switches.switch_on()
    run.rename(tmp_path / "gone")
    run.touch()
    switches.put_back()
    assert "how this machine routed before is not known" in caplog.text


def test_without_ipv6_there_is_ipv4(tmp_path: Path, run: Path) -> None:
    kernel = Kernel(tmp_path / "sys")
    (kernel.root / SIX).unlink()
    (kernel.root / HEARS).unlink()
    switches = Forwarding("wan", (run,), kernel.root)
    switches.switch_on()
    assert (kernel.root / FOUR).read_text() == "1"
    switches.put_back()
    assert (kernel.root / FOUR).read_text() == "0"
