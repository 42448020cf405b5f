"""``bellgate explain`` asks the engine that enforces, and says all of its answer."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from appliance.cli import main
from appliance.cli.times import BadTimeError, parse
from appliance.publish import files
from tests.builders import MONDAY, PUPIL, STAFF, VISITOR, contents, grant

KEYS = {
    "verdict", "reason", "rule", "clause", "text", "role", "period", "period_name", "expires_at",
    "dns_plan", "tls_plan", "host", "url", "client", "service", "category", "policy", "opens_at",
    "at", "rehearsal",
}  # fmt: skip
BREAK, LESSON = f"{MONDAY}T10:35", f"{MONDAY}T09:30"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "snapshot"
    directory.mkdir()
    files.point(directory, files.write(directory, files.Published(contents(version=4))))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["explain", *words])


def explain(data: Path, what: str, client: str, at: str, *more: str) -> dict[str, Any]:
    done = run(what, "--client", client, "--at", at, "--data", str(data), "--json", *more)
    assert done.exit_code == 0, done.output
    read = json.loads(done.stdout)
    assert isinstance(read, dict)
    return read


def test_every_key_of_the_contract_is_there(data: Path) -> None:
    said = explain(data, "https://www.facebook.com/", PUPIL, LESSON)
    assert set(said) >= KEYS
    assert said["verdict"] == "block"
    assert said["reason"] == "service_rule"
    assert (said["rule"], said["clause"]) == ("no-facebook", "7.1")
    assert (said["role"], said["period"], said["period_name"]) == ("pupil", "lesson", "Lesson 1")
    assert (said["dns_plan"], said["tls_plan"]) == ("steer", "inspect")
    assert (said["host"], said["url"]) == ("www.facebook.com", "https://www.facebook.com/")
    assert (said["client"], said["service"]) == (PUPIL, "facebook")
    assert said["expires_at"] == "2026-11-23T10:30:00+00:00"
    assert said["at"] == "2026-11-23T09:30:00+00:00"
    assert said["rehearsal"] is False
    assert said["snapshot"] == 4


def test_a_bare_host_is_a_question_about_the_host(data: Path) -> None:
    said = explain(data, "X.com.", STAFF, BREAK)
    assert said["host"] == "x.com"
    assert said["url"] is None
    assert said["verdict"] == "allow"


@pytest.mark.parametrize(
    ("at", "verdict", "opens"),
    [
        (LESSON, "block", "2026-11-23T10:30:00+00:00"),
        (BREAK, "allow", None),
        ("2026-11-23T10:30", "allow", None),
        ("2026-11-23T10:50", "block", "2026-11-23T12:00:00+00:00"),
        ("2026-11-23T10:29:59.999", "block", "2026-11-23T10:30:00+00:00"),
        ("2026-11-23T11:35+01:00", "allow", None),
        ("2026-11-23T10:35Z", "allow", None),
    ],
)
def test_any_moment_can_be_asked_about(
    data: Path, at: str, verdict: str, opens: str | None
) -> None:
    said = explain(data, "https://x.com/", STAFF, at)
    assert (said["verdict"], said["opens_at"]) == (verdict, opens)


def test_naive_times_are_the_schools_in_summer_too(data: Path) -> None:
    said = explain(data, "https://x.com/", STAFF, "2027-06-14T10:35")
    assert said["at"] == "2027-06-14T10:35:00+01:00"
    assert said["period"] == "break"
    assert said["expires_at"] == "2027-06-14T10:50:00+01:00"


def test_a_url_and_its_host_may_differ(tmp_path: Path) -> None:
    directory = tmp_path / "snapshot"
    directory.mkdir()
    made = contents(grants=(grant("url:www.facebook.com/school"),))
    files.point(directory, files.write(directory, files.Published(made)))
    inside = explain(tmp_path, "https://www.facebook.com/school/news", STAFF, LESSON)
    outside = explain(tmp_path, "https://www.facebook.com/other", STAFF, LESSON)
    assert (inside["verdict"], inside["public_view"]) == ("allow", True)
    assert outside["verdict"] == "block"
    posting = explain(
        tmp_path, "https://www.facebook.com/school", STAFF, LESSON, "--method", "post"
    )
    assert (posting["verdict"], posting["method"]) == ("block", "POST")


def test_a_client_that_is_not_read_is_told_apart(data: Path) -> None:
    said = explain(data, "https://www.facebook.com/", VISITOR, LESSON)
    assert (said["dns_plan"], said["tls_plan"]) == ("refuse", "refuse")
    assert "refused in DNS" in said["note"]


def test_text_for_people_starts_with_the_answer(data: Path) -> None:
    done = run("https://www.facebook.com/", "--client", PUPIL, "--at", LESSON, "--data", str(data))
    assert done.exit_code == 0
    first = done.stdout.splitlines()[0]
    assert first.startswith("Blocked: ")
    assert "LS 7.1" in first
    assert "Monday 23 November 2026, 09:30" in first
    allowed = run("x.com", "--client", STAFF, "--at", BREAK, "--data", str(data))
    assert allowed.exit_code == 0, "it reports: both answers are fine"
    assert allowed.stdout.startswith("Allowed: X (x.com) for Staff")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x.com", "--client", "nobody"), "nobody"),
        (("x.com", "--client", "300.1.1.1"), "300.1.1.1"),
        (("ftp://x.com/", "--client", STAFF), "ftp"),
        (("", "--client", STAFF), "empty"),
        (("x.com", "--client", STAFF, "--at", "teatime"), "--at: 'teatime'"),
        (("x.com", "--client", STAFF, "--at", "0001-01-01T00:00+23:00"), "--at"),
        (("x.com", "--client", STAFF, "--at", "9999-12-31T23:59-23:00"), "--at"),
        (("bad host!", "--client", STAFF), "host"),
        (("x.com",), "--client"),
        (("x.com", "--client", STAFF, "--template", "duffield-meadows"), "one of"),
        (("x.com", "--client", STAFF, "--mac", "zz"), "--mac"),
        (("https://x.com/", "--client", STAFF, "--method", "G@T"), "--method: 'G@T'"),
        (("https://x.com/", "--client", STAFF, "--method", ""), "--method"),
        (("x.com:99999", "--client", STAFF), "99999"),
    ],
)
def test_bad_input_is_exit_code_2_with_one_message(
    data: Path, words: tuple[str, ...], message: str
) -> None:
    done = run(*words, "--data", str(data))
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""


def test_a_data_directory_without_a_gate_is_said(tmp_path: Path) -> None:
    done = run("x.com", "--client", STAFF, "--data", str(tmp_path))
    assert done.exit_code == 2
    assert "bellgate up" in done.stderr


def test_a_repeated_hour_is_read_as_its_first() -> None:
    read = parse("2026-10-25T01:30", "Europe/London")
    assert read == datetime.fromisoformat("2026-10-25T00:30+00:00")


@pytest.mark.parametrize(
    "text", ["", "10:35", "2026-13-01", "tomorrow", "\x00", "9999-12-31T23:30", "0001-01-02"]
)
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(BadTimeError, match="ISO 8601"):
        parse(text, "Europe/London")


@pytest.mark.parametrize(
    ("text", "host"),
    [("www.facebook.com:443", "www.facebook.com"), ("[2001:db8::1]:443", "2001:db8::1"),
     ("2001:db8::1", "2001:db8::1")],
)  # fmt: skip
def test_a_port_after_a_host_is_no_matter(data: Path, text: str, host: str) -> None:
    said = explain(data, text, PUPIL, LESSON)
    plain = explain(data, host, PUPIL, LESSON)
    assert (said["host"], said["url"], said["verdict"]) == (host, None, plain["verdict"])


def test_a_flag_beats_the_environment(data: Path) -> None:
    flags = ("x.com", "--client", "127.0.10.5", "--json", "--template", "date-palm")
    done = CliRunner().invoke(main, ["explain", *flags], env={"BELLGATE_DATA": str(data)})
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["policy"] == "date-palm"
    own = CliRunner().invoke(
        main, ["explain", "x.com", "--client", PUPIL, "--json"], env={"BELLGATE_DATA": str(data)}
    )
    assert json.loads(own.stdout)["snapshot"] == 4
