"""A school with lists in every state, and its technician's browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from appliance.accounts.posts import Post
from appliance.store.audit_tables import AuditRow
from tests.admin_ui.conftest import School
from tests.admin_ui.lists.making import fill, publish

Entries = Callable[[str], list[AuditRow]]


@pytest.fixture
def listed(school: School) -> School:
    """Return a school with lists in every state, published."""
    fill(school)
    publish(school)
    return school


@pytest.fixture
def web(listed: School) -> FlaskClient:
    """Return the technician's browser."""
    return listed.client(Post.IT_TECHNICIAN)


@pytest.fixture
def entries(listed: School) -> Entries:
    """Return what finds the audit entries of an action."""

    def find(action: str) -> list[AuditRow]:
        with listed.store.reading() as session:
            return session.query(AuditRow).filter_by(action=action).all()

    return find
