"""How many rules there are: the kernel's datagrams, and the kernel."""

from __future__ import annotations

import struct
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.firewall.counting import counted_in, rules
from tests.appliance.firewall.little_router import LittleRouter

RULE, DONE, ERROR = 2566, 3, 2


def message(kind: int, body: bytes = b"") -> bytes:
    """Return one netlink message."""
    return struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body + bytes(-len(body) % 4)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", (0, False)), (message(RULE) * 3, (3, False)),
     (message(RULE, b"x" * 5) + message(DONE, bytes(4)), (1, True)),
     (message(ERROR, struct.pack("=i", -2)), (0, True)), (message(1), (0, False))],
)  # fmt: skip
def test_rules_are_counted(data: bytes, expected: tuple[int, bool]) -> None:
    assert counted_in(data) == expected


@pytest.mark.parametrize("code", [1, 12, 16])
def test_a_refusal_is_no_empty_table(code: int) -> None:
    with pytest.raises(OSError, match="does not tell"):
        counted_in(message(RULE) + message(ERROR, struct.pack("=i", -code)))


@given(st.one_of(st.binary(max_size=200), st.builds(message, st.integers(0, 9), st.binary())))
def test_rubbish_ends(data: bytes) -> None:
    try:
        counted_in(data)
    except OSError as error:
        assert "does not tell" in str(error)


@pytest.mark.namespaces
def test_a_table_that_somebody_flushed_has_none(router: LittleRouter) -> None:
    whole = router.on_router(rules)
    assert whole > 50
    for command, left in (("flush chain inet bellgate onward", True), ("flush ruleset", False)):
        router.on_router(subprocess.run, ["nft", *command.split()])
        found = router.on_router(rules)
        assert found < whole
        assert (found > 0) is left
