"""The self-test goes through the explicit proxy as any network's client, unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.identity import stand_in
from proxy_addons.distrust import FILE
from tests.proxy_addons.world import (
    NETWORKS,
    PUPIL,
    STAFF,
    STRANGER,
    VISITOR,
    World,
    school,
    world,
)

HERE = "127.0.77.1"  # this machine, on none of the school's networks


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture
def proxy(running: World) -> World:
    stand_in.make(running.settings.data / "run")
    running.set(school())
    return running


def field(proxy: World, address: str) -> str:
    said = stand_in.saying(proxy.settings.data / "run", address)
    assert said is not None
    return f"{stand_in.HEADER}: {said.hex()}"


def as_(proxy: World, address: str, url: str, source: str = HERE, root: Path | None = None):  # type: ignore[no-untyped-def]
    return proxy.by_proxy(url, source, "--proxy-header", field(proxy, address), root=root)


def test_each_network_gets_what_its_own_clients_get(proxy: World) -> None:
    page = as_(proxy, PUPIL, "https://www.facebook.com/")
    assert (page.status, "your teacher" in page.text) == (403, True)
    assert as_(proxy, VISITOR, "https://www.facebook.com/").code == 56  # CONNECT refused
    proxy.set(school("10:35"))  # break: staff may
    assert as_(proxy, STAFF, "https://x.com/", root=proxy.outside.ca).status == 200


def test_nothing_of_it_is_an_attempt_nor_a_device(proxy: World) -> None:
    assert as_(proxy, PUPIL, "https://www.facebook.com/").status == 403
    assert as_(proxy, VISITOR, "https://www.facebook.com/").code == 56
    assert as_(proxy, PUPIL, "https://www.facebook.com/", root=proxy.outside.ca).code == 60
    proxy.by_proxy("https://x.com/", STAFF)  # the one that is
    attempts = proxy.attempts()
    assert {a.address for a in attempts} == {STAFF}
    seen = proxy.settings.data / "run" / FILE
    assert not seen.exists() or PUPIL not in seen.read_text()


@pytest.mark.parametrize("said", ["", "zz", "00", "00" * 36, "é"])
def test_without_proof_a_stranger_here_is_nobody(proxy: World, said: str) -> None:
    answer = proxy.by_proxy(
        "https://childline.org.uk/", HERE, "--proxy-header", f"{stand_in.HEADER}: {said}",
        root=proxy.outside.ca,
    )  # fmt: skip
    assert answer.code
    assert proxy.outside.secure.seen == []


def test_without_a_word_a_stranger_here_is_nobody(proxy: World) -> None:
    assert proxy.by_proxy("https://childline.org.uk/", HERE, root=proxy.outside.ca).code
    assert proxy.by_proxy("http://childline.org.uk/", HERE).status != 200
    assert proxy.outside.secure.seen == proxy.outside.plain.seen == []


def test_a_wrong_proof_leaves_a_client_who_they_are(proxy: World) -> None:
    forged = field(proxy, VISITOR)[:-2] + "00"
    answer = proxy.by_proxy("https://www.facebook.com/", PUPIL, "--proxy-header", forged)
    assert answer.status == 403  # the pupils' page; a visitor's tunnel would be refused


def test_a_proof_for_nobodys_address_lets_nobody_in(proxy: World) -> None:
    answer = as_(proxy, STRANGER, "https://childline.org.uk/", root=proxy.outside.ca)
    assert answer.code
    assert proxy.outside.secure.seen == []


def test_without_a_file_it_counts_for_nothing(proxy: World) -> None:
    said = field(proxy, VISITOR)
    (proxy.settings.data / "run" / stand_in.FILE).unlink()
    answer = proxy.by_proxy("https://www.facebook.com/", PUPIL, "--proxy-header", said)
    assert answer.status == 403


def test_inside_a_tunnel_nobody_changes_and_no_site_learns_the_proof(proxy: World) -> None:
    said = field(proxy, STAFF)
    assert proxy.by_proxy("https://www.facebook.com/", PUPIL, "-H", said).status == 403
    assert NETWORKS[0].role == "pupil"


def test_steered_faces_know_nothing_of_it(proxy: World) -> None:
    answer = proxy.curl("https://www.facebook.com/", HERE, "-H", field(proxy, STAFF))
    assert (answer.code != 0, answer.status) == (True, 0)


def test_this_machine_may_ask_how_the_proxy_is_and_nothing_else(proxy: World) -> None:
    said = proxy.by_proxy("http://bellgate.internal/health", HERE)
    assert (said.status, '"state": "current"' in said.text) == (200, True)
    assert proxy.by_proxy("http://bellgate.internal/trusted", HERE).status == 0
    assert proxy.by_proxy("http://www.bbc.co.uk/health", HERE).status == 0
