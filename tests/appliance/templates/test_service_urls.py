"""Services that are only part of a site: what is sent belongs to them, what is read does not."""

from __future__ import annotations

import pytest

from tests.appliance.templates.test_services import table, url_matches

EDITING = """
GET    https://en.wikipedia.org/w/index.php?title=Bees&action=edit
GET    https://en.wikipedia.org/w/index.php?title=Talk:Bees&action=edit&section=new
GET    https://en.m.wikipedia.org/w/index.php?title=Bees&action=submit
GET    https://cy.wikipedia.org/wiki/Gwenynen?veaction=edit
GET    https://en.wikipedia.org/wiki/Bees?veaction=editsource
GET    https://commons.wikimedia.org/w/index.php?title=File:Bee.jpg&action=edit
GET    https://www.mediawiki.org/wiki/Help?action=edit
POST   https://en.wikipedia.org/w/api.php
POST   https://simple.wiktionary.org/w/index.php?title=bee&action=submit
POST   https://www.wikidata.org/w/api.php
POST   https://commons.m.wikimedia.org/w/api.php
PUT    https://en.wikivoyage.org/w/rest.php/v1/page/Bees
PUT    https://api.wikimedia.org/core/v1/wikipedia/en/page/Bees
PATCH  https://en.wikibooks.org/w/rest.php/v1/page/Bees
POST   https://wikitech.wikimedia.org/w/index.php?title=Bees&action=submit
POST   https://nl.wikimedia.org/w/api.php
POST   https://foundation.wikimedia.org/wiki/Bees
PUT    https://wikitech.wikimedia.org/w/rest.php/v1/page/Bees
GET    https://en.wikipedia.org/wiki/Special:EditPage/Bees
GET    https://nl.wikimedia.org/wiki/Special:EditPage
GET    https://en.wikipedia.org/w/index.php?title=Bees&action=EDIT
DELETE https://en.wikinews.org/w/rest.php/v1/page/Bees
"""

READING = """
GET  https://en.wikipedia.org/wiki/Bees
GET  https://en.wikipedia.org/wiki/Edit_action?action=history
GET  https://en.m.wikipedia.org/w/index.php?search=action%3Dedit
GET  https://en.wikipedia.org/w/api.php?action=query&titles=Bees
GET  https://en.wikipedia.org/wiki/Bees?section=new
GET  https://upload.wikimedia.org/wikipedia/commons/a/a9/Example.jpg
POST https://intake-analytics.wikimedia.org/v1/events?hasty=true
POST https://intake-logging.wikimedia.org/v1/events
GET  https://wikitech.wikimedia.org/wiki/Bees
GET  https://en.wikipedia.org/wiki/Special:Editors
GET  https://nl.wikimedia.org/w/index.php?title=Bees
GET  https://example.org/w/index.php?title=Bees&action=edit
POST https://notwikipedia.org/w/api.php
"""


@pytest.mark.parametrize(("method", "url"), table(EDITING))
def test_editing_a_wiki_is_editing(method: str, url: str) -> None:
    assert url_matches("wikipedia_editing", url, method)


@pytest.mark.parametrize(("method", "url"), table(READING))
def test_reading_a_wiki_is_not_editing(method: str, url: str) -> None:
    assert not url_matches("wikipedia_editing", url, method)


def test_gmail_is_chat_only_below_its_chat_path() -> None:
    assert url_matches("google_chat", "https://mail.google.com/chat/u/0/")
    assert not url_matches("google_chat", "https://mail.google.com/mail/u/0/")
    assert not url_matches("google_chat", "https://mail.google.com/chatter")


POSTING = """
POST   https://www.youtube.com/youtubei/v1/comment/create_comment?prettyPrint=false
POST   https://m.youtube.com/youtubei/v1/comment/create_comment_reply
POST   https://www.youtube.com/youtubei/v1/comment/perform_comment_action
POST   https://www.youtube.com/youtubei/v1/live_chat/send_message
POST   https://scratch.mit.edu/site-api/comments/project/104/add/
POST   https://api.scratch.mit.edu/proxy/comments/project/104
DELETE https://api.scratch.mit.edu/proxy/comments/project/104/comment/1
POST   https://www.reddit.com/api/comment
POST   https://oauth.reddit.com/api/submit?raw_json=1
GET    https://www.reddit.com/submit
POST   https://stackoverflow.com/posts/11227809/comments
POST   https://cs.stackexchange.com/posts/add-comment
GET    https://superuser.com/questions/ask
POST   https://www.dailymail.co.uk/reader-comments/p/comment/add
POST   https://class3b.wordpress.com/wp-comments-post.php
POST   https://www.blogger.com/comment/fullpage/post/1/2
POST   https://steamcommunity.com/comment/Recommendation/post/7/
POST   https://www.goodreads.com/comment
"""

STILL_READ = """
GET  https://www.youtube.com/watch?v=abc
POST https://www.youtube.com/youtubei/v1/next?prettyPrint=false
POST https://www.youtube.com/youtubei/v1/player
POST https://www.youtube.com/youtubei/v1/live_chat/get_live_chat
GET  https://scratch.mit.edu/projects/104/
GET  https://scratch.mit.edu/site-api/comments/project/104/
GET  https://api.scratch.mit.edu/users/a/projects/104/comments
PUT  https://projects.scratch.mit.edu/104
GET  https://www.reddit.com/r/askscience/comments/abc/why/
GET  https://stackoverflow.com/questions/11227809/why
GET  https://stackoverflow.com/posts/11227809/revisions
GET  https://www.dailymail.co.uk/reader-comments/p/asset/readcomments/1
GET  https://class3b.wordpress.com/2026/11/bees/
GET  https://www.goodreads.com/book/show/1
POST https://notyoutube.com/youtubei/v1/comment/create_comment
"""


@pytest.mark.parametrize(("method", "url"), table(POSTING))
def test_posting_a_comment_is_commenting(method: str, url: str) -> None:
    assert url_matches("site_comments", url, method)


@pytest.mark.parametrize(("method", "url"), table(STILL_READ))
def test_reading_what_others_wrote_is_not(method: str, url: str) -> None:
    assert not url_matches("site_comments", url, method)
