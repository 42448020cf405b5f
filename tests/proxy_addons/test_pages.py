"""Templates escape what is put in, and miss nothing silently."""

from __future__ import annotations

import jinja2
import pytest

from proxy_addons import error_page, pages
from tests import builders


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        pages.render("error.html", trouble=error_page.BROKEN, detail="")


def test_values_are_escaped() -> None:
    school = builders.contents().school
    page = pages.render("error.html", trouble=error_page.BROKEN, school=school, detail="<b>&")
    assert b"&lt;b&gt;&amp;" in page


def test_a_page_may_only_show_itself() -> None:
    headers = {name.decode(): value.decode() for name, value in pages.HTML}
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert headers["referrer-policy"] == "no-referrer"
