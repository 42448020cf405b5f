from __future__ import annotations

import pytest

from appliance.dns.special import Special, special
from appliance.dns.wire import Type

NO, EMPTY = Special.NO_SUCH_NAME, Special.NO_DATA


@pytest.mark.parametrize(
    ("host", "how"),
    [
        ("use-application-dns.net", NO),
        ("mask.icloud.com", NO),
        ("mask-h2.icloud.com", NO),
        ("mask-canary.icloud.com", NO),
        ("a.mask.icloud.com", NO),
        ("icloud.com", None),
        ("notmask.icloud.com", None),
        ("resolver.arpa", EMPTY),
        ("_dns.resolver.arpa", EMPTY),
        ("1.0.168.192.in-addr.arpa", NO),
        ("1.0.16.172.in-addr.arpa", NO),
        ("1.0.31.172.in-addr.arpa", NO),
        ("1.0.32.172.in-addr.arpa", None),
        ("1.2.0.192.in-addr.arpa", None),
        ("1.0.0.10.in-addr.arpa", NO),
        (f"1.{'0.' * 29}d.f.ip6.arpa", NO),
        (f"1.{'0.' * 31}ip6.arpa", NO),
        ("8.b.d.0.1.0.0.2.ip6.arpa", None),
        ("printer.local", NO),
        ("wpad", NO),
        ("localhost", Special.LOOPBACK),
        ("bellgate.internal", Special.OURSELVES),
        ("other.internal", NO),
        ("example.com", None),
        ("", None),
    ],
)
def test_special_names(host: str, how: Special | None) -> None:
    assert special(host, Type.A) is how


@pytest.mark.parametrize(("qtype", "how"), [(Type.A, NO), (Type.DS, None), (Type.NS, None)])
def test_a_single_label_is_a_device_unless_a_domain_is_meant(
    qtype: int, how: Special | None
) -> None:
    assert special("com", qtype) is how


def test_the_schools_own_zones_are_not_special_but_canaries_stay() -> None:
    own = ("school.internal", "168.192.in-addr.arpa", "net", "printer")
    assert special("www.school.internal", Type.A, own) is None
    assert special("1.0.168.192.in-addr.arpa", Type.PTR, own) is None
    assert special("printer", Type.A, own) is None
    assert special("use-application-dns.net", Type.A, own) is NO
