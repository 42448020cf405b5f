"""People who sign in for real: with a password, and a phone that shows codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance import clock
from appliance.accounts import passwords, totp
from appliance.accounts.sealing import seal
from appliance.store import accounts, credentials
from appliance.store.accounts import Account
from tests.admin_ui.conftest import School

PASSWORD = "vixen gravel tuba orbit"


@dataclass
class Person:
    """Somebody with an account, a browser and maybe a phone."""

    school: School
    account: Account
    web: FlaskClient
    secret: str = ""
    _ahead: int = -1

    def sign_in(self, password: str = PASSWORD, **more: str) -> TestResponse:
        """Send login and password."""
        data = {"login": self.account.login, "password": password, **more}
        return self.web.post("/sign-in", data=data)

    def code(self) -> str:
        """Return a code that was not used yet: three fit at any moment."""
        code = code_at(self.secret, self._ahead)
        self._ahead += 1
        return code

    def show_code(self, code: str | None = None, **more: str) -> TestResponse:
        """Send a code, by default one that is right."""
        return self.web.post("/second-factor", data={"code": code or self.code(), **more})


def code_at(secret: str, steps: int = 0) -> str:
    """Return the code an app shows now, or so many steps later."""
    return pyotp.TOTP(secret).generate_otp(int(clock.real().timestamp()) // totp.STEP + steps)


def somebody(
    school: School, login: str, posts: Iterable[str] = ("staff",), *,
    password: str | None = PASSWORD, phone: bool = False, emergency: bool = False,
) -> Person:  # fmt: skip
    """Make an account and a browser; phone: with a second factor set up."""
    with school.store.session() as session:
        account = accounts.add(
            session, login, login.title(), posts, at=clock.real(), emergency=emergency,
            email=f"{login}@hillside.example",
            password=passwords.hashed(password) if password else None,
        )  # fmt: skip
        secret = ""
        if phone:
            secret = totp.new_secret()
            key = school.app.secret_key
            assert isinstance(key, bytes)
            sealed = seal(key, f"totp:{account.id}", secret)
            credentials.set_totp(session, account.id, sealed, 0, ())
        found = accounts.get(session, account.id)
    assert found is not None
    return Person(school, found, school.app.test_client(), secret)


def said(school: School, action: str) -> list[tuple[str, str, dict[str, object]]]:
    """Return actor, subject and detail of the audit entries of an action."""
    from sqlalchemy import select

    from appliance.store.audit_tables import AuditRow

    with school.store.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == action))
        return [(row.actor, row.subject, row.detail) for row in rows]
