"""What an address may ask for: a number that the database could not hold is no such page."""

from __future__ import annotations

import pytest

from admin_ui.limits import LARGEST
from appliance.accounts.posts import Post
from tests.admin_ui.conftest import School


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 10**25, "9" * 5000])
@pytest.mark.parametrize("path", ["/log/attempt/{}", "/policy/versions/{}", "/accounts/{}"])
def test_a_number_that_is_too_large_is_no_such_page(
    school: School, path: str, number: int | str
) -> None:
    assert school.client(Post.IT_TECHNICIAN).get(path.format(number)).status_code == 404
