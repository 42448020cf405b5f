"""What is visited at the made-up school: apps that talk by themselves, and pages people open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ILLEGAL_HOST: Final = "listed.example"  # on the made-up list of unlawful content, and nowhere else


@dataclass(frozen=True, slots=True)
class Page:
    """A page. weight: how often. search: the words asked for, where it is a search."""

    url: str
    weight: int = 1
    search: str = ""


# Hosts that an app on a phone or tablet asks for with nobody looking at it.
NOISE: Final = (
    "graph.facebook.com", "edge-mqtt.facebook.com", "i.instagram.com", "graph.instagram.com",
    "e1.whatsapp.net", "g.whatsapp.net", "app.snapchat.com", "tr.snapchat.com", "log.tiktokv.com",
    "mon.tiktokv.com", "api.x.com", "gateway.discord.gg", "i.ytimg.com", "oauth.reddit.com",
)  # fmt: skip
PUPILS: Final = (
    Page("https://www.youtube.com/", 6), Page("https://www.youtube.com/watch", 5),
    Page("https://www.youtube.com/results", 2, "how do volcanoes work"),
    Page("https://www.youtube.com/results", 2, "easy drum beats"),
    Page("https://www.youtube.com/results", 1, "minecraft castle tutorial"),
    Page("https://www.tiktok.com/foryou", 6), Page("https://www.instagram.com/", 4),
    Page("https://www.facebook.com/", 2), Page("https://www.snapchat.com/", 2),
    Page("https://www.roblox.com/games", 5), Page("https://discord.com/app", 3),
    Page("https://www.pinterest.com/ideas/", 2), Page("https://www.reddit.com/r/aww/", 1),
    Page("https://web.whatsapp.com/", 2), Page("https://www.twitch.tv/", 1),
)  # fmt: skip
STAFF: Final = (
    Page("https://www.facebook.com/", 5), Page("https://www.facebook.com/groups/feed/", 2),
    Page("https://x.com/home", 5), Page("https://www.linkedin.com/feed/", 3),
    Page("https://www.youtube.com/watch", 6), Page("https://www.pinterest.com/ideas/", 3),
    Page("https://www.youtube.com/results", 2, "phonics songs year 1"),
    Page("https://web.whatsapp.com/", 5), Page("https://www.reddit.com/r/teachinguk/", 2),
    Page("https://www.netmums.com/coffeehouse/", 1), Page("https://bsky.app/", 2),
)  # fmt: skip
VISITORS: Final = (
    Page("https://www.facebook.com/", 5), Page("https://www.instagram.com/", 4),
    Page("https://web.whatsapp.com/", 4), Page("https://www.netmums.com/coffeehouse/", 1),
)  # fmt: skip
# Ways round the gate: two pupils try them, one of them more than once.
ROUND: Final = ("dns.google", "nordvpn.com", "www.torproject.org", "cloudflare-dns.com")
