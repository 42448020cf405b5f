"""The kinds of content, as a document arranges them or as the appliance does without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from appliance.policy.model import Category, CategoryClass
from appliance.policy_file import catalogue

if TYPE_CHECKING:
    from appliance.policy_file.schema import CategoryEntry, PolicyDocument

SOCIAL: Final = "social_media"
UNCLASSIFIED: Final = "unclassified_social"
# Without a policy's word, what any of the five calls social media: the sites, not the
# reference works.
SOCIAL_PARTS: Final = frozenset(
    {
        "blogs", "forums", "collaborative", "media_sharing", "microblogs", "chat", "bookmarking",
        "social_games", "professional_networking",
    }
)  # fmt: skip


def categories(document: PolicyDocument) -> tuple[Category, ...]:
    """Return the categories of a document.

    A document that says of any kind the appliance knows that it is part of social media
    has said it of all. In any other social media has its usual parts: a rule on it that
    covered nothing would let everything through.
    """
    found = {category.id: category for category in catalogue.categories()}
    known = frozenset(found)
    for id_, entry in document.categories.items():
        found[id_] = _category(id_, entry, found.get(id_))
    if not any(SOCIAL in _above(found, id_) for id_ in known):
        for id_ in SOCIAL_PARTS:
            found[id_] = _under_social(found[id_])
    if document.unclassified_social.action == "follow":
        found[UNCLASSIFIED] = _under_social(found[UNCLASSIFIED])
    return tuple(found.values())


def closed_categories() -> tuple[Category, ...]:
    """Return the categories for when no policy can be read."""
    parts = SOCIAL_PARTS | {UNCLASSIFIED}
    return tuple(_under_social(c) if c.id in parts else c for c in catalogue.categories())


def empty_categories(document: PolicyDocument) -> Iterator[str]:
    """Yield the ordinary categories under which nothing falls, not even a name of a list.

    Which names are unsuitable, illegal or unclassified is said by lists and guesses, as it is
    of games and the like, and a list may fill a category of the school's own.
    """
    found = {category.id: category for category in categories(document)}
    filled = {id_ for service in catalogue.services() for id_ in service.categories}
    filled.update(id_ for entry in document.services.values() for id_ in entry.categories)
    known = {category.id for category in catalogue.categories()} - catalogue.listed_categories()
    filled.update(
        category.id
        for category in found.values()
        if category.domains
        or category.kind is not CategoryClass.ORDINARY
        or category.id not in known
    )
    covered = {above for id_ in filled for above in _above(found, id_)} | filled
    yield from (id_ for id_ in found if id_ not in covered and id_ != UNCLASSIFIED)


def categories_of_class(document: PolicyDocument, kind: CategoryClass) -> frozenset[str]:
    """Return the categories that are of a class, or part of one that is."""
    found = {category.id: category for category in categories(document)}
    return frozenset(
        id_
        for id_ in found
        if any(found[each].kind is kind for each in (id_, *_above(found, id_)) if each in found)
    )


def _category(id_: str, entry: CategoryEntry, known: Category | None) -> Category:
    kind, domains = entry.kind, entry.domains
    if known is not None:
        domains = (*known.domains, *domains)
        if known.kind is not CategoryClass.ORDINARY:
            kind = known.kind  # what is illegal stays illegal, whatever a file calls it
    return Category(id=id_, name=entry.name, parents=entry.part_of, kind=kind, domains=domains)


def _under_social(category: Category) -> Category:
    parents: Iterable[str] = dict.fromkeys((*category.parents, SOCIAL))
    return replace(category, parents=tuple(parents))


def _above(found: Mapping[str, Category], id_: str) -> frozenset[str]:
    """Every category that one is part of, itself not counted unless in a circle."""
    above: set[str] = set()
    queue = list(found[id_].parents) if id_ in found else []
    while queue:
        parent = queue.pop()
        if parent not in above:
            above.add(parent)
            queue += found[parent].parents if parent in found else ()
    return frozenset(above)
