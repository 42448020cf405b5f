"""MAC addresses from any label, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.cli.errors import InputError
from appliance.cli.hardware import mac


@pytest.mark.parametrize(
    "text",
    [
        "52:54:00:AA:bb:cc",
        "52-54-00-aa-bb-cc",
        "5254.00aa.bbcc",
        "525400aabbcc",
        " 52 54 00AABBCC ",
    ],
)
def test_usual_ways_to_write_one(text: str) -> None:
    assert mac(text) == "52:54:00:aa:bb:cc"


@pytest.mark.parametrize(
    "text", ["", "52:54:00", "52:54:00:aa:bb:cg", "01:00:5e:00:00:01", "١" * 12]
)
def test_what_is_none_names_the_option(text: str) -> None:
    with pytest.raises(InputError, match="--mac"):
        mac(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert len(mac(text)) == 17
    except InputError:
        return
