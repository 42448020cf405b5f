"""Every form of the wizard with whatever anybody could send: never a crash."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.admin_ui.setup.conftest import NETWORKS, PEOPLE, SCHOOL, TECHNICIAN, Fresh

FORMS = {
    "/setup/code": {"code": "x"},
    "/setup/school": SCHOOL,
    "/setup/technician": TECHNICIAN,
    "/setup/people": PEOPLE,
    "/setup/policy": {"policy": "date-palm"},
    "/setup/timetable": {"bells": "keep"},
    "/setup/networks": NETWORKS,
    "/setup/networks/add": {"name": "N", "prefixes": "10.0.0.0/8", "role": "pupil",
                            "ownership": "school", "trusts_ca": "no"},
    "/setup/certificate": {"done": "yes"},
    "/setup/live": {"reason": "why"},
    "/settings/school": SCHOOL,
    "/settings/filter": {"name": "F"},
    "/settings/responsible/change": {"headteacher": "1", "dsl": "99999999999999999999"},
}  # fmt: skip
WILD = st.one_of(
    st.text(max_size=60),
    st.text(st.sampled_from("<>\"'&{}%\\/:;,.\0\r\n\t ​‮💥é"), max_size=30),
    st.sampled_from(
        ["", " ", "0.0.0.0/0", "::/0", "10.0.0.0/33", "fe80::1%eth0/64", "x" * 5000, "٣" * 12,
         "{{7*7}}", "../../etc/passwd", "-1", "None", "\ud800".encode("utf-8", "replace").decode()]
    ),
)  # fmt: skip


@pytest.fixture
def inside(fresh: Fresh) -> dict[str, FlaskClient]:
    """A browser with the code, and one without."""
    holder = fresh.inside()
    return {"holder": holder, "nobody": fresh.browser()}


def sane(status: int) -> bool:
    return status in (200, 303, 400, 403, 404, 413, 429)


@pytest.mark.parametrize("path", ["/setup/code", "/setup/school", "/setup/technician"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_first_forms_bear_anything(
    inside: dict[str, FlaskClient], path: str, data: st.DataObject
) -> None:
    given = data.draw(changed(FORMS[path]))
    for client in inside.values():
        page = client.post(path, data=given)
        assert sane(page.status_code), page.text


@pytest.mark.parametrize("path", [path for path in FORMS if path not in (
    "/setup/code", "/setup/school", "/setup/technician")])  # fmt: skip
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_technicians_forms_bear_anything(
    manned: FlaskClient, path: str, data: st.DataObject
) -> None:
    page = manned.post(path, data=data.draw(changed(FORMS[path])))
    assert sane(page.status_code), page.text
    assert manned.get("/settings").status_code in (200, 303)


@pytest.fixture
def manned(fresh: Fresh) -> FlaskClient:
    return fresh.technician()


def changed(fields: dict[str, str]) -> st.SearchStrategy[dict[str, str]]:
    """A form with some fields as they should be, some wild, some missing, some nobody knows."""
    each = st.fixed_dictionaries(
        {}, optional={name: st.one_of(st.just(text), WILD) for name, text in fields.items()}
    )
    more = st.dictionaries(st.text(max_size=12), WILD, max_size=2)
    return st.builds(lambda known, unknown: {**unknown, **known}, each, more)
