"""Children are kept alive, restarted with back-off, and stopped to the last one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from appliance.cli import supervisor as supervisor_module
from appliance.cli.supervisor import BACK_OFF, HEALTHY_AFTER, Program, Supervisor

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('deaf', flush=True); time.sleep(60)"
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A supervisor of Python one-liners, and what they said."""

    def __init__(self, *codes: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.said: list[tuple[str, str]] = []
        programs = [Program(f"p{n}", (code,)) for n, code in enumerate(codes)]
        self.supervisor = Supervisor(
            programs, lambda name, line: self.said.append((name, line)),
            command=self.command, monotonic=clock,
        )  # fmt: skip

    def command(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-c", *arguments]

    def pid(self, number: int = 0) -> int:
        process = self.supervisor.children[number].process
        assert process is not None
        return process.pid


def until(check: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def sleeper() -> Iterator[Watched]:
    watched = Watched(SLEEPS, clock=Clock())
    watched.supervisor.start()
    until(lambda: ("p0", "up") in watched.said)
    yield watched
    watched.supervisor.stop()


def kill(watched: Watched) -> None:
    pid = watched.pid()
    os.kill(pid, signal.SIGKILL)

    def noticed() -> bool:
        watched.supervisor.tick()
        process = watched.supervisor.children[0].process
        return process is None or process.pid != pid

    until(noticed)


def test_a_killed_child_comes_back_with_growing_pauses(sleeper: Watched) -> None:
    clock = sleeper.supervisor._monotonic
    assert isinstance(clock, Clock)
    child = sleeper.supervisor.children[0]
    for number in range(len(BACK_OFF) + 2):
        kill(sleeper)
        wait = BACK_OFF[min(number, len(BACK_OFF) - 1)]
        assert child.due_at == clock.now + wait
        clock.now += wait - 0.01
        sleeper.supervisor.tick()
        assert not child.running
        clock.now += 0.02
        sleeper.supervisor.tick()
        assert child.running
    assert "was ended by SIGKILL; starts again in 30 s" in sleeper.said[-1][1] or any(
        "in 30 s" in line for _, line in sleeper.said
    )


def test_a_healthy_minute_forgives(sleeper: Watched) -> None:
    clock = sleeper.supervisor._monotonic
    assert isinstance(clock, Clock)
    child = sleeper.supervisor.children[0]
    kill(sleeper)
    clock.now += 2.0
    sleeper.supervisor.tick()
    kill(sleeper)
    assert child.due_at == clock.now + BACK_OFF[1]
    clock.now += 2.0
    sleeper.supervisor.tick()
    clock.now += HEALTHY_AFTER
    sleeper.supervisor.tick()
    kill(sleeper)
    assert child.due_at == clock.now + BACK_OFF[0]


def test_stop_ends_all_and_leaves_nothing() -> None:
    family = (
        "import subprocess, sys, time;"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(c.pid, flush=True); time.sleep(60)"
    )
    watched = Watched(SLEEPS, family)
    watched.supervisor.start()
    until(lambda: len(watched.said) == 2)
    pids = [watched.pid(0), watched.pid(1)]
    grandchild = next(int(line) for name, line in watched.said if name == "p1")
    watched.supervisor.stop()
    assert all(gone(pid) for pid in pids)
    until(lambda: gone(grandchild) or _is_zombie(grandchild))


def test_a_child_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "PATIENCE", 0.3)
    watched = Watched(DEAF)
    watched.supervisor.start()
    until(lambda: ("p0", "deaf") in watched.said)
    pid = watched.pid()
    watched.supervisor.stop()
    assert gone(pid)
    assert ("p0", "did not stop when asked: killed") in watched.said


def test_what_children_write_is_passed_on_with_their_name() -> None:
    watched = Watched("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    watched.supervisor.start()

    def noticed() -> bool:
        watched.supervisor.tick()
        return not watched.supervisor.children[0].running

    until(noticed)
    assert ("p0", "out") in watched.said
    assert ("p0", "err") in watched.said
    assert ("p0", "ended with exit code 3; starts again in 1 s") in watched.said


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_children_die_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    code = textwrap.dedent(
        """
        import subprocess, sys, time, os
        child = subprocess.Popen([sys.executable, "-c", '''
        import time, sys
        from appliance.cli.parent import die_with_parent
        die_with_parent(int(sys.argv[1]))
        print("ready", flush=True)
        time.sleep(60)
        '''.replace("\\n        ", "\\n"), str(os.getpid())], start_new_session=True)
        print(child.pid, flush=True)
        time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as lines:
        read = {lines.readline().strip(), lines.readline().strip()}
        assert "ready" in read
        pid = int((read - {"ready"}).pop())
        parent.send_signal(how)
        parent.wait(10)
        until(lambda: gone(pid) or _is_zombie(pid))


def test_a_child_whose_parent_has_gone_does_not_start() -> None:
    code = "from appliance.cli.parent import die_with_parent; die_with_parent(1234567)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "has gone" in done.stderr


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
