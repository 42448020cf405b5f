"""The service catalogue names each service whole, and nothing that belongs to anyone else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

TEMPLATES = Path(__file__).parents[3] / "appliance" / "templates"
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
PARTS = ("domains", "assets", "hosts")

CATEGORIES = {
    "blogs", "forums", "collaborative", "media_sharing", "microblogs", "chat", "podcasts",
    "encyclopaedias", "bookmarking", "social_games", "professional_networking",
    "encyclopaedia_editing", "commenting",
}  # fmt: skip
LISTS = {"v2fly", "adguard", "ut1", "ndpi", "sinfonietta"}

REQUIRED = """
facebook instagram threads messenger whatsapp x tiktok snapchat youtube pinterest reddit discord
telegram linkedin tumblr twitch bereal bluesky mastodon flickr delicious google_chat netmums mumsnet
wikipedia wikipedia_editing minecraft world_of_warcraft roblox medium wordpress_com blogger vimeo
dailymotion soundcloud apple_podcasts signal kik wechat viber line askfm random_chat quora fortnite
news_comments site_comments
"""

# (service, name) of one service that lies below a name of another, and why that is meant
SHARED = {
    # Messenger's chat hosts are Facebook's too: it can be closed where Facebook is open.
    ("messenger", "edge-chat.facebook.com"): "facebook",
    ("messenger", "edge-mqtt.facebook.com"): "facebook",
    ("messenger", "mqtt-mini.facebook.com"): "facebook",
    ("messenger", "chat-e2ee.facebook.com"): "facebook",
    ("messenger", "chat-e2ee-mini.facebook.com"): "facebook",
}

BELONGS = """
facebook    facebook.com www.facebook.com graph.facebook.com m.facebook.com fb.me fb.watch
facebook    scontent.xx.fbcdn.net connect.facebook.net scontent-lhr8-1.xx.fbcdn.net
instagram   www.instagram.com i.instagram.com scontent.cdninstagram.com ig.me instagr.am
threads     www.threads.net www.threads.com
messenger   www.messenger.com m.me edge-mqtt.facebook.com
whatsapp    web.whatsapp.com g.whatsapp.net mmg.whatsapp.net wa.me
x           x.com api.x.com twitter.com api.twitter.com pbs.twimg.com video.twimg.com t.co
tiktok      www.tiktok.com vm.tiktok.com v16-webapp.tiktok.com p16-sign.tiktokcdn-eu.com
tiktok      api16-normal.tiktokv.com lf16-tiktok-web.ttwstatic.com
snapchat    app.snapchat.com accounts.snapchat.com cf-st.sc-cdn.net feelinsonice-hrd.appspot.com
youtube     www.youtube.com m.youtube.com youtu.be i.ytimg.com youtubei.googleapis.com
youtube     rr3---sn-aigl6nsk.googlevideo.com www.youtube-nocookie.com yt3.ggpht.com
pinterest   www.pinterest.com www.pinterest.co.uk i.pinimg.com pin.it
reddit      old.reddit.com i.redd.it redd.it www.redditstatic.com
discord     discord.com gateway.discord.gg cdn.discordapp.com media.discordapp.net
telegram    web.telegram.org t.me cdn4.telesco.pe
linkedin    uk.linkedin.com static.licdn.com lnkd.in
tumblr      someone.tumblr.com 64.media.tumblr.com
twitch      www.twitch.tv static-cdn.jtvnw.net video-weaver.lhr03.hls.ttvnw.net
bereal      bereal.com bere.al cdn.bereal.network cdn-us1.bereal.network
bluesky     bsky.app bsky.social cdn.bsky.app
mastodon    mastodon.social mstdn.social mastodonapp.uk
flickr      www.flickr.com live.staticflickr.com flic.kr
delicious   del.icio.us delicious.com
google_chat chat.google.com talkgadget.google.com
netmums     www.netmums.com
mumsnet     www.mumsnet.com
wikipedia   en.wikipedia.org en.m.wikipedia.org cy.wikipedia.org upload.wikimedia.org
wikipedia   commons.wikimedia.org www.wikidata.org
minecraft   www.minecraft.net sessionserver.mojang.com api.minecraftservices.com
world_of_warcraft worldofwarcraft.com worldofwarcraft.blizzard.com eu.actual.battle.net
roblox      www.roblox.com tr.rbxcdn.com
fortnite    www.fortnite.com
news_comments school-news.disqus.com launcher.spot.im discussion.theguardian.com
wordpress_com someone.wordpress.com
blogger     someone.blogspot.com www.blogger.com
vimeo       player.vimeo.com i.vimeocdn.com
"""

FALSE_FRIENDS = """
react.dev reactjs.org react.com parse.com groups.com rocksdb.org hhvm.com i.org ogp.me botorch.org
fasttext.cc flow.org notfacebook.com facebook.com.example.org t.co.uk x.com.example.org netflix.com
max.com google.com www.google.com accounts.google.com mail.google.com classroom.google.com
drive.google.com fonts.googleapis.com www.googleapis.com storage.googleapis.com www.gstatic.com
lh3.googleusercontent.com apple.com www.apple.com icloud.com microsoft.com login.live.com
login.microsoftonline.com teams.microsoft.com bbc.co.uk www.bbc.co.uk gov.uk www.gov.uk akamai.net
akamaihd.net akamaized.net cloudfront.net fastly.net s3.amazonaws.com appspot.com ggpht.com
theguardian.com www.theguardian.com wordpress.org i0.wp.com stats.wp.com epicgames.com qq.com
notx.com aboutme.com discord.com.example.net fakewikipedia.org mywhatsapp.com tx.com
"""


@cache
def services() -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((TEMPLATES / "services.yaml").read_text(encoding="utf-8"))
    assert set(document) == {"services"}
    return dict(document["services"])


def below(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def matches(host: str) -> set[str]:
    """The services that take HOST by name."""
    return {
        service
        for service, entry in services().items()
        if host in entry.get("hosts", ())
        or any(below(host, domain) for domain in [*entry["domains"], *entry["assets"]])
    }


def pattern_matches(pattern: dict[str, Any], method: str, url: str) -> bool:
    split = urlsplit(url)
    path = pattern.get("path", "/").rstrip("/")
    given = parse_qs(split.query, keep_blank_values=True)
    return (
        any(below(split.hostname or "", host) for host in pattern["hosts"])
        and (split.path == path or split.path.startswith(path + "/"))
        and method in pattern.get("methods", [method])
        and all(
            name in given and ("*" in values or set(given[name]) & set(values))
            for name, values in pattern.get("query", {}).items()
        )
    )


def url_matches(service: str, url: str, method: str = "GET") -> bool:
    patterns = services()[service].get("urls", [])
    return any(pattern_matches(pattern, method, url) for pattern in patterns)


def table(text: str) -> list[tuple[str, str]]:
    rows = [line.split() for line in text.strip().splitlines()]
    return [(service, host) for service, *hosts in rows for host in hosts]


def names(*parts: str) -> list[tuple[str, str]]:
    return [
        (service, name)
        for service, entry in services().items()
        for part in parts
        for name in entry.get(part, ())
    ]


@pytest.mark.parametrize("service", REQUIRED.split())
def test_required_service_is_there(service: str) -> None:
    assert service in services()


@pytest.mark.parametrize("service", sorted(services()))
def test_service_is_well_formed(service: str) -> None:
    entry = services()[service]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", service)
    assert set(entry) <= {"name", "categories", "checked", "urls", *PARTS}
    assert entry["name"].strip()
    assert entry["categories"]
    assert set(entry["categories"]) <= CATEGORIES
    assert isinstance(entry["domains"], list)
    assert isinstance(entry["assets"], list)
    assert entry["domains"] or entry.get("hosts") or entry.get("urls")


@pytest.mark.parametrize("service", sorted(services()))
def test_service_was_checked_twice_or_by_hand(service: str) -> None:
    checked = services()[service]["checked"]
    assert set(checked) <= LISTS | {"by hand"}
    assert len(checked) == len(set(checked))
    assert len(LISTS & set(checked)) >= 2 or "by hand" in checked


def test_every_category_has_a_service() -> None:
    assert {c for entry in services().values() for c in entry["categories"]} == CATEGORIES


@pytest.mark.parametrize(("service", "name"), names(*PARTS))
def test_name_is_canonical(service: str, name: str) -> None:
    assert HOST.fullmatch(name), f"{service}: {name}"


@pytest.mark.parametrize("service", sorted(services()))
def test_no_name_is_said_twice_within_a_service(service: str) -> None:
    entry = services()[service]
    every = [name for part in PARTS for name in entry.get(part, ())]
    assert len(every) == len(set(every))
    assert not set(entry["domains"]) & set(entry["assets"])
    for part in ("domains", "assets"):
        suffixes = entry[part]
        assert not [(a, b) for a in suffixes for b in suffixes if a != b and below(a, b)]
    # An asset may lie below a domain; a domain below an asset would lose its meaning.
    assert not [(d, a) for d in entry["domains"] for a in entry["assets"] if below(d, a)]


def test_no_name_belongs_to_two_services_but_the_deliberate_ones() -> None:
    found = {
        (service, name): other
        for service, name in names(*PARTS)
        for other in matches(name) - {service}
        if (other, name) not in SHARED
    }
    assert found == SHARED


@pytest.mark.parametrize(("service", "host"), table(BELONGS))
def test_well_known_host_belongs_to_its_service(service: str, host: str) -> None:
    expected = {service, *([SHARED[service, host]] if (service, host) in SHARED else [])}
    assert matches(host) == expected


@pytest.mark.parametrize("host", FALSE_FRIENDS.split())
def test_false_friend_belongs_to_no_service(host: str) -> None:
    assert matches(host) == set()


@pytest.mark.parametrize("service", sorted(s for s, e in services().items() if e.get("urls")))
def test_url_pattern_is_well_formed(service: str) -> None:
    for pattern in services()[service]["urls"]:
        assert set(pattern) <= {"hosts", "path", "query", "methods"}
        assert len(pattern) >= 2, "a pattern of hosts alone belongs in domains"
        assert all(HOST.fullmatch(host) for host in pattern["hosts"])
        assert pattern.get("path", "/").startswith("/")
        assert set(pattern.get("methods", ())) <= {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert all(
            values and isinstance(values, list) for values in pattern.get("query", {}).values()
        )
