"""A list of staff as CSV: columns name, email and, where wanted, posts. Pure; total.

Whatever a spreadsheet writes is read: UTF-8 or Windows-1252, commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from appliance.accounts.posts import NAMES, Post

LARGEST: Final = 200 << 10  # bytes
MOST: Final = 1000  # people
_EMAIL: Final = re.compile(r"[^\s@<>\"'(),:;\\\[\]/?#]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_POSTS: Final = {name.casefold(): post for post, name in NAMES.items()} | {
    post.value: post for post in Post
} | {"dsl": Post.DSL, "slt": Post.SLT, "head": Post.HEADTEACHER, "technician": Post.IT_TECHNICIAN,
     "teacher": Post.STAFF}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One line that can be taken. email is the login too."""

    line: int
    name: str
    email: str
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A mistake, where it stands, in words. line: as a spreadsheet counts, from 1."""

    line: int
    column: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read. With any problem, nothing of it should be taken."""

    members: tuple[Member, ...] = ()
    problems: tuple[Problem, ...] = ()


def email(text: str) -> str | None:
    """Return an e-mail address in small letters; None where it is none."""
    found = text.strip().lower()
    return found if len(found) <= 120 and _EMAIL.fullmatch(found) else None


def read(data: bytes, taken: Iterable[str] = ()) -> Reading:
    """Read a list. taken: logins and addresses that accounts have already."""
    if len(data) > LARGEST:
        return _only(0, "", f"The file is larger than {LARGEST >> 10} kB. Nothing was read.")
    text = _text(data)
    if "\x00" in text:
        return _only(0, "", "This is not a CSV file. Save the list as CSV, then try again.")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        table = [(rows.line_num, row) for row in rows]
    except csv.Error:
        return _only(rows.line_num, "", "This line cannot be read as CSV.")
    table = [(line, row) for line, row in table if any(cell.strip() for cell in row)]
    if not table:
        return _only(1, "", "The file is empty.")
    return _members(table, {one.lower() for one in taken})


def _members(table: list[tuple[int, list[str]]], taken: set[str]) -> Reading:
    columns = [cell.strip().casefold().replace("-", "") for cell in table[0][1]]
    missing = [name for name in ("name", "email") if name not in columns]
    if missing:
        return _only(1, missing[0], "The first line must name the columns: name, email and, if "
                     "wanted, posts.")  # fmt: skip
    if len(table) > MOST + 1:
        return _only(table[MOST + 1][0], "", f"There are more than {MOST} people in it.")
    members, problems, seen = [], [], dict.fromkeys(taken, 0)
    for line, cells in table[1:]:
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        found, wrong = _member(line, row, seen)
        problems += wrong
        if found is not None:
            members.append(found)
            seen[found.email] = line
    if not members and not problems:
        problems.append(Problem(line=1, column="", words="There is nobody below the first line."))
    return Reading(members=tuple(members), problems=tuple(problems))


def _member(
    line: int, row: dict[str, str], seen: dict[str, int]
) -> tuple[Member | None, list[Problem]]:
    wrong = []
    name, address = row.get("name", ""), email(row.get("email", ""))
    if not name or len(name) > 120 or not name.isprintable():
        wrong.append(Problem(line=line, column="name", words="A name is needed, of at most 120 "
                             "characters."))  # fmt: skip
    if address is None:
        wrong.append(Problem(line=line, column="email", words="This is not an e-mail address."))
    elif address in seen:
        where = f"on line {seen[address]}" if seen[address] else "among the accounts"
        wrong.append(Problem(line=line, column="email", words=f"This address stands {where} too."))
    posts: list[Post] = []
    for word in re.split(r"[;|/+]", row.get("posts", "")):
        post = _POSTS.get(word.strip().casefold())
        if post is not None:
            posts.append(post)
        elif word.strip():
            known = ", ".join(sorted(one.value for one in Post))
            wrong.append(Problem(line=line, column="posts", words=f"“{word.strip()[:40]}” is not "
                                 f"a post. Posts are: {known}."))  # fmt: skip
    if wrong or address is None:
        return None, wrong
    return Member(line=line, name=name, email=address, posts=tuple(posts) or (Post.STAFF,)), []


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _only(line: int, column: str, words: str) -> Reading:
    return Reading(problems=(Problem(line=line, column=column, words=words),))
