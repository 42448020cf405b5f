"""A document that loads builds, and all it says arrives in the contents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appliance import policy_file
from appliance.policy_file import build

BUILT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", policy_file.TEMPLATES)
def test_every_template_builds(name: str) -> None:
    contents = build.contents(policy_file.template(name), version=3, built_at=BUILT)
    assert (contents.version, contents.built_at, contents.policy.id) == (3, BUILT, name)
