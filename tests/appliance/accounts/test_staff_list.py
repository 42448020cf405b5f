"""Lists of staff: what spreadsheets write is read, and every mistake is said with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.accounts import staff_list
from appliance.accounts.posts import Post

HEAD = "name,email,posts\n"


@pytest.mark.parametrize(
    "data",
    [
        b"name,email\nA. Teacher,a@hillside.example\n",
        b"\xef\xbb\xbfName;E-mail;Posts\r\nA. Teacher;A@Hillside.example;\r\n",
        b'email\tname\na@hillside.example\t"A. Teacher"\n\n\n',
        b"Name,phone,Email\nA. Teacher,0123,  a@hillside.example \n",
    ],
)
def test_what_spreadsheets_write(data: bytes) -> None:
    found = staff_list.read(data)
    assert found.problems == ()
    (one,) = found.members
    assert (one.name, one.email, one.posts) == ("A. Teacher", "a@hillside.example", (Post.STAFF,))


def test_windows_1252_is_read_too() -> None:
    found = staff_list.read("name,email\nZoë Müller,z@hillside.example\n".encode("cp1252"))
    assert found.members[0].name == "Zoë Müller"


@pytest.mark.parametrize(
    ("posts", "expected"),
    [("staff; dsl", (Post.STAFF, Post.DSL)), ("IT technician", (Post.IT_TECHNICIAN,)),
     ("Headteacher|SLT", (Post.HEADTEACHER, Post.SLT)), ("", (Post.STAFF,))],
)  # fmt: skip
def test_posts_by_id_or_by_name(posts: str, expected: tuple[Post, ...]) -> None:
    found = staff_list.read(f"{HEAD}A,a@hillside.example,{posts}\n".encode())
    assert found.members[0].posts == expected


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, "", "empty"), ("\n\n", 1, "", "empty"),
        ("email\na@b.example\n", 1, "name", "first"),
        ("nom,mail\nA,a@b.example\n", 1, "name", "first line"), ("name,email\n", 1, "", "nobody"),
        (HEAD + ",a@b.example,\n", 2, "name", "needed"),
        (HEAD + "A,,\n", 2, "email", "not an e-mail"),
        (HEAD + "A,a@b.example,\nB,nonsense,\n", 3, "email", "not an e-mail"),
        (HEAD + "A,a@b.example,king\n", 2, "posts", "not a post"),
        (HEAD + "A,a@b.example,\nB,A@B.example,\n", 3, "email", "on line 2"),
        (HEAD + "A,taken@b.example,\n", 2, "email", "among the accounts"),
        (HEAD + "A,a@b.example\x00,\n", 0, "", "not a CSV"),
        (HEAD + "A" * 200 + ",a@b.example,\n", 2, "name", "120"),
        (HEAD + "A\x07,a@b.example,\n", 2, "name", "needed"),
        (HEAD + "A,<a@b.example>,\n", 2, "email", "not an e-mail"),
        (HEAD + "A,a@b.example'--,\n", 2, "email", "not an e-mail"),
        ("x" * (staff_list.LARGEST + 1), 0, "", "larger"),
        (HEAD + "".join(f"A,a{n}@b.example,\n" for n in range(1001)), 1002, "", "more than 1000"),
    ],
)  # fmt: skip
def test_mistakes_are_said_with_line_and_column(
    text: str, line: int, column: str, words: str
) -> None:
    found = staff_list.read(text.encode(), taken=["taken@b.example"])
    first = found.problems[0]
    assert (first.line, first.column) == (line, column)
    assert words in first.words


def test_every_mistake_is_said_at_once() -> None:
    found = staff_list.read((HEAD + ",x,king\n,y,queen\n").encode())
    assert len(found.problems) == 6


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_answered(data: bytes) -> None:
    found = staff_list.read(data)
    assert found.members or found.problems


@given(st.text(max_size=300).map(lambda text: HEAD + text))
def test_any_text_below_the_columns_is_read_or_answered(text: str) -> None:
    found = staff_list.read(text.encode("utf-8", "replace"))
    assert found.members or found.problems
    for one in found.members:
        assert staff_list.email(one.email) == one.email
        assert one.name.strip()
