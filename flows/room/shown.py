"""What is asked of a page and what it gives back, whatever the form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from warehouse.errors import WarehouseError


class BadRequestError(WarehouseError):
    """An address that asks for something in a way that means nothing."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    path: dict[str, str]
    query: dict[str, list[str]]
    language: str = "en"
    origin: str = ""
    """Scheme and host by which the room is reached."""
    site: str = "none"
    """Where the browser says that it was led here from: same-origin, cross-site, …"""

    def one(self, name: str) -> str | None:
        """The value of that name; None where there is none or an empty one."""
        values = self.query.get(name)
        return values[-1].strip() or None if values else None

    def all(self, name: str) -> list[str]:
        return [value for value in self.query.get(name, []) if value]

    def day(self, name: str) -> date | None:
        """A day. Raises BadRequestError where it is none."""
        value = self.one(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError as error:
            raise BadRequestError(f"{name} is a day such as 2024-03-01.") from error

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`. Raises BadRequestError where it is none."""
        value = self.one(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) < 10 and int(value) <= most):
            raise BadRequestError(f"{name} is a whole number up to {most}.")
        return int(value)


@dataclass
class Shown:
    """A page: what its template is given, and the same as rows and as a statement that gives them."""

    template: str
    title: str
    context: dict[str, Any] = field(default_factory=dict)
    sql: str | None = None
    """A statement that shows in SQL what the page shows."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """What its CSV has."""
    data: Any = None
    """What its JSON is; the rows where that is None."""
    name: str = "dibao"
    """Name of its files, in letters that need no quoting."""
    status: int = 200


@dataclass
class File:
    """Something that is no page of the room."""

    data: bytes
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


Found = Shown | File
