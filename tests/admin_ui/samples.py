"""With which arguments, and as whom, the tests open pages whose addresses have arguments.

A page without arguments needs no line: it is opened by the first of its posts. A page with
arguments and without a line fails tests/admin_ui/test_every_page.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from appliance import clock
from appliance.accounts.posts import Post
from appliance.authority.authority import ensure
from tests.admin_ui.conftest import School

Arguments = dict[str, object]


@dataclass(frozen=True)
class Visit:
    """One look at a page. query: what comes behind the ``?``; post None: the first allowed.

    status: what it answers where that is no page, as while there is nothing to download.
    """

    arguments: Callable[[School], Arguments] = field(default=lambda _: {})
    post: Post | None = None
    query: str = ""
    status: int | None = None


SAMPLES: dict[str, tuple[Visit, ...]] = {
    "signin.enrol_code": (Visit(status=404),),  # only while somebody enrols
    "pages.ca_file": (Visit(lambda _: {"form": "pem"}),),
}


def furnish(school: School) -> None:
    """Put into a school what the samples speak of, so that pages have something to show."""
    gate = school.app.extensions["gate"]
    gate.settings = replace(gate.settings, proxy=("127.0.0.1", 3128))
    ensure(school.data / "ca", ("facebook.com",), clock.real())
