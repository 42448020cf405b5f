"""Lists of names: what they hold, where they come from, how the last fetch went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from appliance.store.base import Base, Enforced, UtcTime, Words


class ListRow(Enforced, Base):
    """A list of names in a category.

    entries: names it closes. exceptions: names it leaves open. refused: lines that were none.
    pages: lines that named one page of a site, and were left out.
    hashed: its names are kept as keyed digests alone. sha256: of all it holds, so that a
    change is seen.
    """

    __tablename__ = "domain_list"

    id: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    source: Mapped[str]
    loaded: Mapped[datetime] = mapped_column(UtcTime)
    entries: Mapped[int]
    exceptions: Mapped[int]
    refused: Mapped[int]
    pages: Mapped[int]
    sha256: Mapped[str]
    enabled: Mapped[bool]
    hashed: Mapped[bool]


class ListChunk(Enforced, Base):
    """Some names of a list; chunks in the order of their number are sorted throughout.

    keys: labels in reverse (``key_of``), one a line, zlib. lines: for each key the line of
    the source (``array("I")`` in little-endian order; 0: unknown), zlib. marks: for each
    key one byte, a ``policy.domains.Mark``, zlib (``lists.packing``). In a hashed list each
    key is a digest in hex (``policy.hashed``) and every line 0.
    """

    __tablename__ = "domain_list_chunk"

    list_id: Mapped[str] = mapped_column(
        ForeignKey("domain_list.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    keys: Mapped[bytes] = mapped_column(LargeBinary)
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[bytes] = mapped_column(LargeBinary)


class ListSecretRow(Base):
    """One row: the key of the digests in hashed lists. No page or command shows it."""

    __tablename__ = "domain_list_secret"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)


class SubscriptionRow(Base):
    """Where a list comes from and when it is fetched again. list_id: it may not be there yet.

    format: a ``lists.formats.Format``. every: hours between two fetches. most_change: share
    by which the number of names may change before somebody has to look (0.5: by half).
    preset: the id of the preset it was made from, or empty.
    """

    __tablename__ = "subscription"

    list_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    format: Mapped[str]
    category: Mapped[str]
    licence: Mapped[str]
    attribution: Mapped[str] = mapped_column(Text)
    every: Mapped[int]
    most_change: Mapped[float]
    enabled: Mapped[bool]
    preset: Mapped[str]
    made: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str]


class FetchRow(Base):
    """How the last fetch of a subscription went.

    state: ``waiting``, ``fetching``, ``reading``, ``good``, ``unchanged``, ``failed`` or ``held``
    (fetched, and refused for what it changes until somebody accepts it). done, total: bytes so
    far, and in all where it is known; while ``reading``: lines. failures: in a row. due: when
    it is tried next; None: now. trouble: why not, in a sentence. first_refused: ``line:
    message``. accept: the digest of a held body that somebody accepted. come, gone: how many
    names a held body brings and takes away, and the first of each (none of a hashed list).
    """

    __tablename__ = "subscription_fetch"

    list_id: Mapped[str] = mapped_column(
        ForeignKey("subscription.list_id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str]
    tried: Mapped[datetime | None] = mapped_column(UtcTime)
    succeeded: Mapped[datetime | None] = mapped_column(UtcTime)
    asked: Mapped[datetime | None] = mapped_column(UtcTime)
    etag: Mapped[str]
    modified: Mapped[str]
    done: Mapped[int]
    total: Mapped[int | None]
    entries: Mapped[int]
    refused: Mapped[int]
    trouble: Mapped[str] = mapped_column(Text)
    first_refused: Mapped[tuple[str, ...]] = mapped_column(Words)
    digest: Mapped[str]
    accept: Mapped[str]
    failures: Mapped[int]
    due: Mapped[datetime | None] = mapped_column(UtcTime)
    come: Mapped[int]
    gone: Mapped[int]
    first_come: Mapped[tuple[str, ...]] = mapped_column(Words)
    first_gone: Mapped[tuple[str, ...]] = mapped_column(Words)


class FilterCheckRow(Base):
    """One look whether the accredited filter behind the gate is there. good: it answered so."""

    __tablename__ = "filter_check"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    good: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
