"""A school whose visitors' Wi-Fi is this machine, and a teacher whose account is linked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from appliance.accounts.posts import Post
from appliance.policy.subjects import Device, Network, Person
from appliance.store import accounts, devices, networks, people
from tests.admin_ui.conftest import School

ME = "127.0.0.1"


@pytest.fixture
def wifi(make_school: Callable[..., School]) -> School:
    """Return the school. Its gate says at once that it enforces what the store holds."""
    made = make_school()
    with made.store.session() as session:
        networks.add(session, Network(id="guests", name="Guests", prefixes=(f"{ME}/32",),
                     role="visitor"))  # fmt: skip
        networks.add(session, Network(id="far", name="Far", prefixes=("10.9.0.0/16", "fd00:9::/64"),
                     role="pupil"))  # fmt: skip
        people.add_person(session, Person(id="t-larch", name="T. Larch", role="staff"))
        people.add_person(session, Person(id="sam", name="Sam Oak", role="pupil"))
        devices.add(session, Device(id="pad", name="Pad", addresses=("10.9.0.7",), person="sam"))
        accounts.set_person(session, made.accounts[Post.STAFF].id, "t-larch")
    made.publish()
    return made
