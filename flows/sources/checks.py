"""Whether a source can work as it stands: its keys, options and hints, before anything is read or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flows.extract.record_keys import ROLES
from flows.extract.web.site_rules import FIELDS
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import normal
from flows.sources.names import ADDRESS
from flows.sources.options import OPTIONS
from flows.sources.registry import LOCAL, Source, SourceError, is_path, nearest
from flows.sources.scope import Scope
from schemas.tables.documents import ARTICLE, NEWSPAPER

HINTS = (*ROLES, "records", "timezone", "charset", "page_kind", "select", "sites")
"""The parser hints that readers know."""

TOLD = (NEWSPAPER, ARTICLE)
"""What a source may say that its texts are."""


def check(source: Source) -> None:
    """Raise SourceError or OptionError where a source cannot work as it stands."""
    about = f"Source {source.id}:"
    _known(source.options, [each.name for each in OPTIONS[source.kind]], f"{about} a {source.kind} has no option")
    _known(source.parser, HINTS, f"{about} no reader knows the hint")
    _typed(source, about)
    Limits.of(source.options)
    Scope(source.options)
    if source.kind in LOCAL and ADDRESS.match(source.location) and not source.location.lower().startswith("file:///"):
        raise SourceError(f"{about} a {source.kind} is given by its path on this machine, not {source.location}.")
    if not is_path(source.kind, source.location) and source.kind not in ("wayback", "git"):
        try:
            normal(source.location)
        except FetchError as error:
            hint = "" if "://" in source.location else f" Write https://{source.location}, if that is where it is."
            raise SourceError(f"{about} a {source.kind} is given by its address. {error.message}{hint}") from error
    for zone in (source.zone, source.parser.get("timezone")):
        if zone:
            _zone(str(zone), about)


def check_place(source: Source) -> None:
    """Raise SourceError where the path of a source that is entered is not there; one that vanishes later is told by
    its runs."""
    if not is_path(source.kind, source.location) or source.path.exists():
        return
    path = source.path
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    meant = nearest(path.name, beside, "")
    hint = meant if meant.startswith("did") else "give a file or a folder that exists"
    raise SourceError(f"Source {source.id}: there is nothing at {path}; {hint}.")


def _known(values: Iterable[str], known: Iterable[str], said: str) -> None:
    for name in values:
        if name not in known:
            raise SourceError(f"{said} {name!r}; {nearest(name, known, 'there are')}.")


def _typed(source: Source, about: str) -> None:
    for name in ("select", "sites"):
        value = source.parser.get(name, {})
        if not isinstance(value, Mapping):
            raise SourceError(f"{about} the hint {name} is a table, [parser.{name}], not {value!r}.")
    _selectors(source.parser.get("select", {}), f"{about} [parser.select]")
    for site, rule in source.parser.get("sites", {}).items():
        if not isinstance(rule, Mapping):
            raise SourceError(f'{about} [parser.sites."{site}"] is a table of selectors, not {rule!r}.')
        _selectors(rule, f'{about} [parser.sites."{site}"]')
    for name in (*ROLES, "records", "timezone", "charset"):
        value = source.parser.get(name, "")
        if not isinstance(value, str) and not (
            isinstance(value, list) and all(isinstance(each, str) for each in value)
        ):
            raise SourceError(f"{about} the hint {name} is a text or a list of texts, not {value!r}.")
    if (kind := source.parser.get("page_kind")) not in (None, *TOLD):
        raise SourceError(f"{about} the hint page_kind is {' or '.join(TOLD)}, not {kind!r}.")
    for name in ("include", "exclude", "prefix", "delimiter", "branch"):
        value = source.options.get(name, "")
        if not isinstance(value, str):
            raise SourceError(f"{about} the option {name} is a text, not {value!r}.")
    if "settle" in source.options:
        try:
            float(source.options["settle"])
        except (TypeError, ValueError) as error:
            raise SourceError(f"{about} the option settle is seconds, not {source.options['settle']!r}.") from error


def _selectors(rule: Mapping[str, Any], said: str) -> None:
    _known(rule, FIELDS, f"{said} has no field")
    import soupsieve

    for name, value in rule.items():
        try:
            soupsieve.compile(value)
        except (soupsieve.SelectorSyntaxError, TypeError, AttributeError) as error:
            why = re.split(r"\n", str(error))[0].rstrip(".")
            raise SourceError(f"{said}: {name} is no CSS selector: {value!r} ({why}).") from error


def _zone(name: str, about: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        meant = nearest(name, sorted(available_timezones()), "") if available_timezones() else ""
        meant = meant if meant.startswith("did") else "give one such as Asia/Shanghai"
        raise SourceError(f"{about} there is no time zone {name!r}; {meant}.") from error
