"""Whose accounts sign in: on the provider's sign-in hosts alone, for whom the policy names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.policy.limits import GOOGLE, MICROSOFT, AccountLimit, limit_on
from appliance.policy.plan import DnsPlan, TlsPlan, plan
from appliance.policy.snapshot import Snapshot
from tests.builders import PUPIL, STAFF, client, contents, query, subject

OFFICE = AccountLimit(
    provider=MICROSOFT, allowed=("school.example",), clause="6",
    directory="12345678-90ab-cdef-1234-567890abcdef", who=(subject("role:pupil"),),
)  # fmt: skip
WORKSPACE = AccountLimit(provider=GOOGLE, allowed=("school.example",), clause="6")


def school(*limits: AccountLimit) -> Snapshot:
    """Return the little school, which never reads Microsoft but where accounts sign in."""
    read = tuple(host for limit in limits for host in limit.hosts)
    plain = contents()
    never = ("microsoftonline.com", "microsoft.com", "live.com", "windows.net")
    return Snapshot(
        replace(
            plain, account_limits=limits, steerable=(*plain.steerable, *read), never_inspect=never
        )
    )


@pytest.mark.parametrize(
    ("host", "who", "limited"),
    [
        ("login.microsoftonline.com", PUPIL, True),
        ("login.microsoft.com", PUPIL, True),
        ("login.windows.net", PUPIL, True),
        ("login.live.com", PUPIL, True),
        ("device.login.microsoftonline.com", PUPIL, True),
        ("login.microsoftonline.com", STAFF, False),
        ("login.microsoftonline.com.evil.example", PUPIL, False),
        ("outlook.live.com", PUPIL, False),
        ("www.microsoft.com", PUPIL, False),
    ],
)
def test_which_hosts_are_read_for_it(host: str, who: str, limited: bool) -> None:
    world = school(OFFICE)
    asker = client(who, world)
    assert (limit_on(host, asker, world.contents.account_limits) is OFFICE) is limited
    made = plan(query(host, asker), world)
    assert (made.dns is DnsPlan.STEER, made.tls is TlsPlan.INSPECT) == (limited, limited)


def test_a_client_without_the_certificate_is_not_steered() -> None:
    world = school(OFFICE)
    asker = replace(client(PUPIL, world), trusts_ca=False)
    assert plan(query("login.microsoftonline.com", asker), world).dns is DnsPlan.PASS


def test_a_workspace_limit_holds_on_all_of_google() -> None:
    world = school(WORKSPACE)
    assert plan(query("mail.google.com", client(STAFF, world)), world).tls is TlsPlan.INSPECT
    assert plan(query("google.co.uk", client(STAFF, world)), world).dns is DnsPlan.PASS


def test_without_a_limit_nothing_of_it_is_read() -> None:
    world = school()
    assert plan(query("login.live.com", client(PUPIL, world)), world).dns is DnsPlan.PASS
