"""An approved page of a closed site is seen logged out."""

from __future__ import annotations

from tests import builders
from tests.proxy_addons.world import STAFF, World, school

PAGE = "https://www.facebook.com/OurSchoolPage"
SECRETS = ("-H", "Cookie: c_user=1", "-H", "Authorization: Bearer x")


def test_cookies_and_credentials_are_taken_off_both_ways(proxy: World) -> None:
    grant = builders.grant("url:www.facebook.com/OurSchoolPage")
    proxy.set(school(grants=(grant,)))
    answer = proxy.curl(PAGE, STAFF, *SECRETS)
    assert answer.status == 200
    assert not {"cookie", "authorization"} & set(answer.json["headers"])
    assert "set-cookie" not in answer.headers


def test_where_the_whole_site_is_open_they_pass(proxy: World) -> None:
    rules = (*builders.RULES, builders.rule("no-secret", "url:x.com/secret"))
    proxy.set(school("10:35", rules=rules))
    answer = proxy.curl("https://x.com/home", STAFF, *SECRETS)
    assert answer.json["headers"]["cookie"] == "c_user=1"
    assert answer.json["headers"]["authorization"] == "Bearer x"
    assert answer.headers["set-cookie"]
