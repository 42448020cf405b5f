"""Names are asked of the upstream resolver itself, and some answers are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy_addons.upstream_names import NoAddressError, UpstreamNames, refusal
from tests.proxy_addons.internet import Internet, internet
from tests.proxy_addons.world import STAFF, school, world


@pytest.mark.parametrize(
    ("address", "local", "refused"),
    [
        ("93.184.216.34", False, False),
        ("2606:2800:220:1::1", False, False),
        ("192.0.2.53", False, True),  # ours
        ("127.0.0.1", False, True),
        ("127.0.0.1", True, True),
        ("::1", False, True),
        ("0.0.0.0", False, True),
        ("169.254.169.254", True, True),
        ("224.0.0.1", False, True),
        ("10.0.0.5", False, True),
        ("10.0.0.5", True, False),
        ("fd00::5", False, True),
        ("fd00::5", True, False),
        ("100.64.0.1", False, True),
        ("::ffff:127.0.0.1", False, True),
    ],
)
def test_which_addresses_are_refused(address: str, local: bool, refused: bool) -> None:
    assert (refusal(address, {"192.0.2.53"}, local=local) is not None) is refused


def ask(
    outside: Internet, *hosts: str, refused: Callable[[str, str], str | None] = lambda *_: None
) -> list[str]:
    """Look hosts up one after the other; a refusal is its message."""

    async def main() -> list[str]:
        names = UpstreamNames([outside.resolver], refused)
        found = []
        for host in hosts:
            try:
                found.append(await names.address_of(host))
            except NoAddressError as error:
                found.append(str(error))
        await names.close()
        return found

    return asyncio.run(main())


def test_an_answer_is_kept_for_its_time(tmp_path: Path) -> None:
    with internet(tmp_path) as outside:
        assert ask(outside, "a.test", "a.test") == ["127.0.0.1"] * 2
        assert outside.asked == ["a.test"]


def test_ipv6_where_there_is_no_ipv4(tmp_path: Path) -> None:
    with internet(tmp_path) as outside:
        outside.answers["six.test"] = "2001:db8::5"
        assert ask(outside, "six.test") == ["2001:db8::5"]


def test_what_is_refused_says_why(tmp_path: Path) -> None:
    with internet(tmp_path) as outside:
        outside.answers["gone.test"] = None
        found = ask(outside, "gone.test", "a.test", refused=lambda *_: "it is ours")
        assert found == ["the name has no address", "it is ours"]


def test_a_resolver_that_is_down_is_said(tmp_path: Path) -> None:
    with internet(tmp_path) as outside:
        pass

    async def main() -> str:
        names = UpstreamNames([outside.resolver], lambda *_: None)
        with pytest.raises(NoAddressError) as caught:
            await names.address_of("a.test")
        await names.close()
        return str(caught.value)

    assert "resolver" in asyncio.run(main())


def test_without_a_resolver_nothing_is_found() -> None:
    names = UpstreamNames([], lambda *_: None)
    with pytest.raises(NoAddressError, match="no upstream resolver"):
        asyncio.run(names.address_of("a.test"))


def test_by_default_an_answer_on_this_machine_is_refused(tmp_path: Path) -> None:
    """The loop and rebinding guard of the running proxy: no test setting, no way in."""
    with world(tmp_path, school("10:35"), any_address=False) as proxy:
        answer = proxy.curl("https://en.wikipedia.org/wiki/Bell", STAFF)
        assert answer.status == 502
        assert "it leads back to this appliance" in answer.text
        assert proxy.curl("https://x.com/", STAFF).status == 502
        assert proxy.curl("http://en.wikipedia.org/", STAFF).status == 502
        assert proxy.by_proxy("http://en.wikipedia.org/", STAFF).status == 502
        assert proxy.by_proxy("http://127.0.0.1/", STAFF).status == 502
        assert proxy.outside.seen == []
