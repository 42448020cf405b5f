"""How looks and use are weighed: what is shown, and what is held until it is classified."""

from __future__ import annotations

import pytest

from appliance.look_alikes.brands import Known
from appliance.look_alikes.judging import judged
from appliance.look_alikes.scoring import CLOSES, SHOWN, Resemblance
from appliance.policy.model import Service
from tests.builders import contents

KNOWN = Known(
    contents(
        services=(
            Service(id="facebook", name="Facebook", categories=("social_media",)),
            Service(id="puzzles", name="Puzzles", categories=("games",)),
        )
    )
)


def looks(score: int, service_id: str = "facebook") -> Resemblance:
    return Resemblance("a.example", "facebook.a.example", service_id, score, "It resembles it.")


@pytest.mark.parametrize(
    ("score", "clients", "shown", "held"),
    [
        (SHOWN - 10, 4, False, False),
        (SHOWN - 10, 5, True, False),  # used by many, it counts for more
        (SHOWN, 1, True, False),
        (CLOSES - 1, 500, True, False),  # but use never closes it
        (CLOSES, 1, True, True),
    ],
)
def test_looks_decide_and_use_adds(score: int, clients: int, shown: bool, held: bool) -> None:
    found = judged("a.example", [looks(score)], clients, (), (), KNOWN)
    assert (found is not None) is shown
    if found is not None:
        assert found.held is held
        assert found.names == ("facebook.a.example",)


def test_what_resembles_no_social_platform_is_not_held() -> None:
    found = judged("a.example", [looks(95, "puzzles")], 1, (), (), KNOWN)
    assert found is not None
    assert not found.held


def test_sudden_use_alone_is_shown_and_never_held() -> None:
    found = judged("a.example", [], 40, (0,) * 6, ["chat"], KNOWN)
    assert found is not None
    assert (found.names, found.service, found.held) == (("a.example",), "", False)
    assert "40 devices" in found.reasons[0]
    assert judged("a.example", [], 40, (), (), KNOWN) is None


def test_both_together_give_both_reasons() -> None:
    found = judged("a.example", [looks(60)], 40, (0,) * 6, (), KNOWN)
    assert found is not None
    assert found.score == 80
    assert len(found.reasons) == 2


def test_a_number_that_is_not_sudden_is_no_reason() -> None:
    found = judged("a.example", [looks(60)], 7, (), (), KNOWN)
    assert found is not None
    assert found.reasons == ("It resembles it.",)
