"""Charts are drawn from the tables beside them, and say in words what they show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import render_template_string

from tests.admin_ui import axe, walk
from tests.admin_ui.browser import PHONE, ZOOMED, Browser
from tests.admin_ui.conftest import School
from tests.admin_ui.live import Site, served
from tests.architecture.source import ROOT
from tests.e2e.waiting import until

pytestmark = pytest.mark.chromium

DAYS, HOURS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), range(8, 17)
PAGE = """{% extends 'base.html' %}{% from 'parts.html' import chart %}
{% block title %}Charts{% endblock %}
{% block head %}<script src="{{ asset('charts.js') }}" defer></script>{% endblock %}
{% block main %}<h1 class="govuk-heading-l">Charts</h1>
{% for kind, id, title, heads, rows in charts %}
{% call chart(kind, id) %}<table class="govuk-table" id="{{ id }}">
<caption class="govuk-table__caption">{{ title }}</caption>
<thead><tr>{% for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr><th scope="row">{{ row[0] }}</th>
{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody>
</table>{% endcall %}
{% endfor %}{% endblock %}"""
CHARTS = [
    ("bar", "by-service", "Attempts by service", ("Service", "This week", "Last week"),
     [("Instagram", 41, 30), ("YouTube and its very long name", "1,204", 988), ("X", 0, 3)]),
    ("line", "trend", "Attempts by day", ("Day", "This week", "Last week"),
     [(day, 10 * at, 7 * at + 5) for at, day in enumerate(DAYS)]),
    ("heat", "by-hour", "Attempts by hour and weekday", ("Day", *(f"{h}:00" for h in HOURS)),
     [(day, *((h * at) % 23 for h in HOURS)) for at, day in enumerate(DAYS)]),
    ("bar", "none", "Nothing yet", ("Service", "This week"), []),
]  # fmt: skip


@pytest.fixture
def site(school: School) -> Iterator[Site]:
    school.app.add_url_rule(
        "/charts", "static.charts", lambda: render_template_string(PAGE, charts=CHARTS)
    )
    school.app.before_request_funcs[None] = []
    with served(school.app) as running:
        yield running


PAINTED = """
return [...document.querySelectorAll('canvas')].map((canvas) => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(pixels.buffer)).size;
});
"""


def test_each_chart_is_drawn_and_described(site: Site, browser: Browser) -> None:
    browser.at(site)
    browser.open("/charts")
    until(lambda: min(browser.run(PAINTED) or [0]) > 2, "every chart has colours")
    labels = [canvas.get_attribute("aria-label") for canvas in browser.all("canvas[role=img]")]
    assert labels == [
        "Chart: Attempts by service. Most: 1204 (YouTube and its very long name, This week). "
        "The table beside it has every figure.",
        "Chart: Attempts by day. Most: 40 (Friday, This week). "
        "The table beside it has every figure.",
        "Chart: Attempts by hour and weekday. Most: 22 (Wednesday, 11:00). "
        "The table beside it has every figure.",
    ]
    assert not axe.violations(browser)
    assert not browser.complaints()
    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    browser.picture(folder / "charts.png", whole=True)


@pytest.mark.parametrize("size", [PHONE, ZOOMED])
def test_charts_fit_a_phone(site: Site, browser: Browser, size: tuple[int, int]) -> None:
    browser.at(site)
    browser.size(size)
    browser.open("/charts")
    until(lambda: len(browser.all("canvas")) == 3, "charts are there")
    assert not walk.too_wide(browser)
    assert walk.weight(browser) < walk.HEAVIEST
    if size is PHONE:
        until(lambda: min(browser.run(PAINTED) or [0]) > 2, "every chart has colours")
        browser.picture(ROOT / "var" / "screenshots" / "charts-phone.png", whole=True)


def test_without_a_script_the_table_is_what_there_is(site: Site, browser: Browser) -> None:
    browser.at(site)
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open("/charts")
        assert not browser.all("canvas")
        assert all(not place.is_displayed() for place in browser.all(".bellgate-chart"))
        browser.find("details summary").click()
        assert browser.find("#by-service").is_displayed()
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
