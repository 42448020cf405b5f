"""A grant for one address of a blocked site opens that address, and nothing else."""

from __future__ import annotations

import pytest

from tests.e2e import school
from tests.e2e.gate import Gate
from tests.e2e.lab import Lab

pytestmark = pytest.mark.namespaces
PAGE = "https://www.facebook.com/OurSchoolPage"


@pytest.fixture(scope="module", autouse=True)
def granted(gate: Gate) -> None:
    """The school's own page is open to pupils."""
    gate.change(
        lambda session: school.grant_url(session, "www.facebook.com/OurSchoolPage", "pupil")
    )


@pytest.mark.parametrize("more", ["", "/", "/posts/17", "?locale=en_GB", "/photos/?tab=album"])
def test_the_page_and_what_is_below_it_open(gate: Gate, lab: Lab, more: str) -> None:
    reply = lab.pupil.curl(PAGE + more)
    assert reply.from_origin, (reply.status, reply.error)
    assert reply.said["site"] == "www.facebook.com"


def test_nobody_is_logged_in_there(gate: Gate, lab: Lab) -> None:
    """The page is promised in its public form alone, so credentials stay here."""
    reply = lab.pupil.curl(PAGE, "--cookie", "c_user=1", "--header", "Authorization: Bearer x")
    assert reply.from_origin
    assert not {"cookie", "authorization"} & set(reply.said["headers"])


@pytest.mark.parametrize(
    "path",
    [
        "/", "/OurSchoolPageEvil", "/ourschoolpag", "/OurSchoolPage/../", "/OurSchoolPage/../Evil",
        "/OurSchoolPage/%2e%2e/Evil", "/OurSchoolPage/%2E./Evil", "/OurSchoolPage/..%2fEvil",
        "/OurSchoolPage%2f..%2fEvil", "/OurSchoolPage/%252e%252e/Evil", "//OurSchoolPage/../Evil",
        "/OurSchoolPage//../../Evil", "/OurSchoolPage/..\\Evil", "/OurSchoolPage\\..\\Evil",
        "/OurSchoolPage/..;/Evil", "/OurSchoolPage/%00/../Evil", "/Evil?/OurSchoolPage",
        "/Evil#/OurSchoolPage", "/Evil/OurSchoolPage", "/%4furSchoolPageEvil", "/login.php",
    ],
)  # fmt: skip
def test_nothing_beside_it_opens(gate: Gate, lab: Lab, path: str) -> None:
    reply = lab.pupil.curl(f"https://www.facebook.com{path}", "--path-as-is")
    assert not reply.from_origin
    assert reply.status in (400, 403, 421)


@pytest.mark.parametrize(
    "more",
    [
        ("--request", "POST", "--data", "like=1"),
        ("--request", "PUT", "--data", "x"),
        ("--request", "DELETE"),
        ("--header", "X-HTTP-Method-Override: POST", "--request", "POST"),
        ("--request-target", "https://www.facebook.com/Evil"),
        ("--request-target", "https://www.instagram.com/OurSchoolPage"),
        ("--header", "Host: www.instagram.com"),
        ("--header", "Host: www.facebook.com.evil.example"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_other_way_of_asking_opens_more(gate: Gate, lab: Lab, more: tuple[str, ...]) -> None:
    reply = lab.pupil.curl(PAGE, *more)
    assert not reply.from_origin
    assert reply.status in (400, 403, 405, 421)


@pytest.mark.parametrize("host", ["facebook.com", "m.facebook.com", "www.instagram.com"])
def test_the_same_path_on_another_host_stays_closed(gate: Gate, lab: Lab, host: str) -> None:
    assert lab.pupil.curl(f"https://{host}/OurSchoolPage").status == 403


def test_a_mismatch_of_names_is_told_as_such(gate: Gate, lab: Lab) -> None:
    assert lab.pupil.curl(PAGE, "--header", "Host: en.wikipedia.org").status == 421


def test_other_roles_stay_out(gate: Gate, lab: Lab) -> None:
    assert lab.staff.curl(PAGE).status == 403
    assert lab.visitor.dig("www.facebook.com").status == "NXDOMAIN"
