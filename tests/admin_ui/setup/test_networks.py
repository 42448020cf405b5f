"""Networks: what cannot be is refused in words, and somebody is always served."""

from __future__ import annotations

import pytest

from appliance.store import networks, settings, web_settings
from tests.admin_ui.setup.conftest import NETWORKS, Fresh, said, went

CLASSROOMS = {"name": "Classrooms", "prefixes": "10.1.0.0/16 fd00:1::/64", "role": "pupil",
              "ownership": "school", "trusts_ca": "yes"}  # fmt: skip


def test_one_is_added_and_taken_away(fresh: Fresh) -> None:
    client = fresh.technician()
    assert went(client.post("/setup/networks/add", data=CLASSROOMS)) == "/setup/networks"
    page = client.get("/setup/networks").text
    assert "It is in force." in page
    assert "10.1.0.0/16 fd00:1::/64" in page
    with fresh.store.reading() as session:
        (kept,) = networks.list_(session)
    assert (kept.id, kept.role, kept.trusts_ca) == ("classrooms", "pupil", True)
    assert went(client.post("/setup/networks/classrooms/remove")) == "/setup/networks"
    with fresh.store.reading() as session:
        assert networks.list_(session) == ()
    assert {"network.added", "network.removed"} <= set(fresh.actions())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"prefixes": "8.0.0.0/8"}, "open resolver"),
        ({"prefixes": "0.0.0.0/0"}, "open resolver"),
        ({"prefixes": "10.1.2.0/24"}, "overlaps with Classrooms"),
        ({"prefixes": "10.0.0.0/8"}, "overlaps with Classrooms"),
        ({"prefixes": "10.2.0.0/16 10.2.3.0/24"}, "overlaps with 10.2.3.0/24"),
        ({"prefixes": "10.2.0.1/16"}, "is not a network prefix"),
        ({"prefixes": "the hall"}, "is not a network prefix"),
        ({"prefixes": " , "}, "Enter from one to"),
        ({"prefixes": ""}, "Enter the addresses"),
        ({"name": "Classrooms", "prefixes": "10.2.0.0/16"}, "a network of this name already"),
        ({"name": "–", "prefixes": "10.2.0.0/16"}, "Use letters or numbers"),
        ({"role": "king"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused(fresh: Fresh, changed: dict[str, str], words: str) -> None:
    client = fresh.technician()
    assert client.post("/setup/networks/add", data=CLASSROOMS).status_code == 303
    given = {**CLASSROOMS, "name": "Hall", "prefixes": "10.9.0.0/16", **changed}
    page = client.post("/setup/networks/add", data=given)
    assert page.status_code == 200
    assert words in page.text
    with fresh.store.reading() as session:
        assert len(networks.list_(session)) == 1


def test_without_the_demonstration_there_must_be_one(fresh: Fresh) -> None:
    client = fresh.technician()
    alone = NETWORKS | {"demo": "drop"}
    assert "nobody is served" in said(client.post("/setup/networks", data=alone))
    client.post("/setup/networks/add", data=CLASSROOMS)
    assert went(client.post("/setup/networks", data=alone)) == "/setup/certificate"
    with fresh.store.reading() as session:
        assert settings.get(session, "demo") is False


@pytest.mark.parametrize("missing", ["upstream", "behind"])
def test_the_filter_before_us_is_asked_for(fresh: Fresh, missing: str) -> None:
    client = fresh.technician()
    given = {name: text for name, text in NETWORKS.items() if name != missing}
    assert said(client.post("/setup/networks", data=given))
    with fresh.store.reading() as session:
        assert web_settings.get(session, "upstream_filter") == {}
