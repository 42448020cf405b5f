"""Buttons of the lists read as words, whatever somebody is called."""

from __future__ import annotations

from appliance.accounts.posts import Post
from appliance.policy.subjects import Person
from appliance.store import people
from tests.admin_ui.conftest import School
from tests.admin_ui.sanctions.conftest import ban


def test_a_button_says_whom_it_is_about_and_nothing_is_shown_as_markup(monday: School) -> None:
    with monday.store.session() as session:
        people.add_person(session, Person(id="pip", name="P. <b>O’Pupil", role="pupil"))
    id_ = ban(monday)
    web = monday.client(Post.STAFF)
    hidden = '<span class="govuk-visually-hidden"> {}P. &lt;b&gt;O’Pupil</span>'
    assert "Supervise" + hidden.format("") in web.get("/sanctions").text
    begun = {"who": "person:pip", "beside": "yes"}
    assert web.post(f"/sanctions/id/{id_}/supervise", data=begun).status_code == 303
    for path in ("/sanctions", f"/sanctions/id/{id_}", "/home"):
        page = web.get(path).text
        assert "End the session" + hidden.format("of ") in page
        assert "&lt;span" not in page
