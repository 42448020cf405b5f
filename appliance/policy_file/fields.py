"""The single values that policy files are made of, read from text."""

from __future__ import annotations

import re
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

from appliance.policy import urls
from appliance.policy.names import canonical

_TIME: Final = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)")
When = TypeVar("When", bound=date)
# Below these anybody may have a name of their own. A host that is never recorded or never
# inspected is out of everybody's sight, so the mistake of a hasty hand must not put half a
# country there. The best known of publicsuffix.org; not gov.uk, nhs.uk and police.uk, which
# are each one owner's and which the appliance itself never inspects.
SHARED_SUFFIXES: Final = frozenset(
    {
        "co.uk", "org.uk", "me.uk", "ltd.uk", "plc.uk", "net.uk", "ac.uk", "sch.uk",
        "uk.com", "uk.net", "gb.net", "eu.com", "us.com", "co.com",
        "com.au", "net.au", "org.au", "edu.au", "co.nz", "org.nz", "ac.nz", "school.nz",
        "co.za", "org.za", "co.in", "org.in", "ac.in", "co.jp", "ne.jp", "or.jp", "ac.jp",
        "co.kr", "or.kr", "com.br", "org.br", "com.cn", "org.cn", "com.hk", "com.mx", "com.ar",
        "com.sg", "com.tr", "com.tw", "com.pl", "co.il", "co.im", "co.je", "co.gg",
        "blogspot.com", "wordpress.com", "github.io", "netlify.app", "vercel.app", "web.app",
        "pages.dev", "workers.dev", "herokuapp.com", "cloudfront.net", "amazonaws.com",
        "s3.amazonaws.com", "azurewebsites.net", "appspot.com",
    }
)  # fmt: skip
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Entry(BaseModel):
    """Anything with fields of its own. Unknown fields are refused, an empty one is absent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError("should be fields (`name: value`), one a line")
        return {k: v for k, v in data.items() if v is not None or k not in cls.model_fields}


def _listed(value: Any) -> Any:
    """One value may be written without the brackets of a list."""
    return value if isinstance(value, list | tuple) else (value,)


def _truth(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(f"should be true or false, not {value!r}")


def _time(value: Any) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= 1440:
        raise ValueError(f"should be a time of day like 08:50, not {value!r}")
    return minutes


def _near(when: When) -> When:
    """Only years that a school can mean, far from where date arithmetic ends."""
    if not 2000 <= when.year < 2100:
        raise ValueError(f"the year {when.year}")
    return when


def _day(value: Any) -> date:
    try:
        return _near(date.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"should be a date like 2026-09-01, not {value!r}") from error


def _instant(value: Any) -> datetime:
    try:
        return _near(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"should be a time like 2026-09-01T08:50, not {value!r}") from error


def _host(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"should be a host name, not {value!r}")
    return no_top_level(canonical(value.removeprefix("*.")))


def no_top_level(name: str) -> str:
    """Return a canonical name or address that is no top-level domain.

    Raises:
        ValueError: it is one: what is said of it would hold for half the world.
    """
    if "." not in name and ":" not in name:
        raise ValueError(f"{name!r} would cover a whole top-level domain")
    return name


def _unseen_host(value: Any) -> str:
    name = _host(value)
    if name in SHARED_SUFFIXES:
        raise ValueError(f"{name!r} would cover everybody who has a name below it")
    return name


def _prefix(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"should be a URL, not {value!r}")
    prefix = urls.canonical_prefix(value)
    no_top_level(prefix.partition("/")[0])
    return prefix


def _path(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/"):
        raise ValueError(f"should be a path that starts with a slash, not {value!r}")
    url = urls.request_url("https", "host.invalid", 443, value)
    if url.suspect or url.query or "#" in value:
        raise ValueError(f"{value!r} is not a plain path")
    return url.path


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(value).key
    except (TypeError, ValueError, OSError, KeyError) as error:
        raise ValueError(f"{value!r} is no time zone; Europe/London is one") from error


_ID: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"
_NAME_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_METHOD: Final = r"^[A-Z]{1,20}$"
LANGUAGE: Final = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
SHORT: Final = r"^[A-Za-z0-9]{1,8}$"
# What each pattern asks for, in words.
IN_WORDS: Final = MappingProxyType(
    {
        _ID: "should be 1 to 64 small letters, digits, dots, dashes or underscores, and begin "
        "with a letter or digit",
        _NAME_ID: "should be 1 to 64 letters (no accents), digits, dots, dashes or underscores, "
        "and begin with a letter or digit",
        _METHOD: "should be a method in capitals, like GET or POST",
        LANGUAGE: "should be a language like en-GB or cy",
        SHORT: "should be 1 to 8 letters or digits",
    }
)
Id = Annotated[str, StringConstraints(pattern=_ID)]
# Of groups, people, devices and networks: schools write 3B and mean no 3b.
NameId = Annotated[str, StringConstraints(pattern=_NAME_ID)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Minutes = Annotated[int, BeforeValidator(_time)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Host = Annotated[str, BeforeValidator(_host)]
# Exempt from being seen: of one owner at the least.
UnseenHosts = Annotated[
    tuple[Annotated[str, BeforeValidator(_unseen_host)], ...], BeforeValidator(_listed)
]
UrlPrefix = Annotated[str, BeforeValidator(_prefix)]
UrlPath = Annotated[str, BeforeValidator(_path)]
Zone = Annotated[str, BeforeValidator(_zone)]
Method = Annotated[str, StringConstraints(pattern=_METHOD)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_listed)]
NameIds = Annotated[tuple[NameId, ...], BeforeValidator(_listed)]
Hosts = Annotated[tuple[Host, ...], BeforeValidator(_listed)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed)]
Methods = Annotated[tuple[Method, ...], BeforeValidator(_listed)]
Listed = BeforeValidator(_listed)

# Who holds a post in the admin UI; people can hold several.
Post = Literal[
    "headteacher", "executive_head", "slt", "dsl", "e_safety_officer", "it_technician",
    "governor", "line_manager", "school_officer", "staff",
]  # fmt: skip
Posts = Annotated[tuple[Post, ...], Listed]
