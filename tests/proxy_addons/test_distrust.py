"""Which devices believe our certificate is told by their handshakes, to the technician alone."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from proxy_addons.distrust import FILE, Distrust
from tests.proxy_addons.internet import eventually
from tests.proxy_addons.world import PUPIL, World


def kept(proxy: World) -> dict[str, Any]:
    path = proxy.settings.data / "run" / FILE
    return dict(json.loads(path.read_text())) if path.exists() else {}


def test_the_latest_handshake_counts(proxy: World) -> None:
    answer = proxy.curl("https://www.facebook.com/", PUPIL, root=proxy.outside.ca)
    assert answer.code == 60
    found = eventually(lambda: (d := kept(proxy)).get(PUPIL, {}).get("trusts") is False and d)
    assert set(found[PUPIL]) == {"trusts", "device", "mac", "at"}  # and not what was opened
    assert proxy.curl("https://www.facebook.com/", PUPIL).status == 403
    eventually(lambda: kept(proxy)[PUPIL]["trusts"] is True)


def test_the_health_page_counts_and_names_nobody(proxy: World) -> None:
    proxy.curl("https://www.facebook.com/", PUPIL)

    def counted() -> Any:
        said = proxy.curl("http://bellgate.internal/health").json
        return said["certificate"]["trusting"] >= 1 and said

    assert PUPIL not in json.dumps(eventually(counted))


@pytest.mark.parametrize("text", ["", "[]", '{"10.1.0.5": 7}', "{"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    gate: Any = SimpleNamespace()
    assert Distrust(gate, tmp_path).counts() == {"trusting": 0, "refusing": 0}


def test_another_process_goes_on_with_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"10.1.0.5": {"trusts": true}, "10.1.0.6": {"trusts": false}}')
    gate: Any = SimpleNamespace()
    assert Distrust(gate, tmp_path).counts() == {"trusting": 1, "refusing": 1}
