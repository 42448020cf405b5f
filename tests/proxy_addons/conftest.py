"""One proxy for all tests of a file; each test sets the snapshot that it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proxy_addons.world import World, school, world


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture
def proxy(running: World) -> World:
    running.set(school())
    return running
