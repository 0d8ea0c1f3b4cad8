"""The room as a web application: addresses, and how what a page shows becomes HTML, CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.report.values import json_text, plain
from flows.report.visible import defused
from flows.room import plots
from flows.room.desk import Desk
from flows.room.pages import PAGES
from flows.room.safety import Guard
from flows.room.shown import Asked, File, Found, Shown
from flows.room.words import chosen, said
from flows.settings import Settings
from warehouse.errors import Damaged, Missing, WarehouseError
from warehouse.reading import told

_NAV = (
    ("/search", "Search"),
    ("/stories", "Stories"),
    ("/today", "Today"),
    ("/outlets", "Outlets"),
    ("/sources", "Sources"),
    ("/sql", "SQL"),
)


def application(settings: Settings, *, names: frozenset[str] = frozenset(), token: str | None = None) -> Starlette:
    """The room over a warehouse. `names` and `token` are those of `flows.room.safety.Guard`."""
    desk = Desk(settings)
    templates = _templates()
    routes = [Route("/", lambda _: RedirectResponse("/search"), methods=["GET"]), Route("/style.css", _style)]
    routes += [Route(path, _endpoint(desk, templates, page), methods=["GET"]) for path, page in PAGES]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        yield
        desk.close()

    async def nowhere(request: Request, _: Exception) -> Response:
        return _fault(templates, request, desk, 404, "There is no such page.")

    async def broken(request: Request, _: Exception) -> Response:
        return _fault(templates, request, desk, 500, "This page could not be made; the log of the room says why.")

    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, names=names, token=token)],
        exception_handlers={404: nowhere, 405: nowhere, 500: broken},
        lifespan=lifespan,
    )


def _templates() -> Environment:
    out = Environment(
        loader=PackageLoader("flows.room"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    out.globals |= {
        "address": address,
        "nav": [each for each in _NAV if each[0] in dict(PAGES)],
        "plots": plots,
        "day": _day,
    }
    out.filters["short"] = lambda text: str(text)[:12]
    return out


def address(path: str, *parts: str, **asked: Any) -> str:
    """The address of a page: parts of the path quoted, and what is asked; None and nothing are left out."""
    where = path + "".join("/" + quote(part, safe="") for part in parts)
    rest = urlencode({name: value for name, value in asked.items() if value not in (None, "")}, doseq=True)
    return f"{where}?{rest}" if rest else where


def _day(value: Any) -> str:
    return "" if value is None else str(value)[:10]


def _style(_: Request) -> Response:
    return Response((resources.files("flows.room") / "style.css").read_bytes(), media_type="text/css")


def _endpoint(desk: Desk, templates: Environment, page: Callable[[Desk, Asked], Found]) -> Callable[..., Any]:
    def work(request: Request) -> Response:
        language = chosen(request.headers.get("accept-language", ""))
        asked = Asked(
            dict(request.path_params),
            {name: request.query_params.getlist(name) for name in request.query_params},
            language,
            f"{request.url.scheme}://{request.headers['host']}",
            request.headers.get("sec-fetch-site", "none"),
        )
        try:
            found = page(desk, asked)
        except Missing as error:
            return _fault(templates, request, desk, 404, str(error))
        except Damaged as error:
            return _fault(templates, request, desk, 500, str(error))
        except WarehouseError as error:
            return _fault(templates, request, desk, 400, str(error))
        except duckdb.IOException as error:  # as where an upkeep has let go of the files of the snapshot at hand
            return _fault(
                templates, request, desk, 503, f"A table cannot be read ({told(error)}); load the page again."
            )
        if isinstance(found, File):
            return Response(found.data, found.status, found.headers, found.media_type)
        return _answer(templates, request, desk, asked, found)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return endpoint


def _answer(templates: Environment, request: Request, desk: Desk, asked: Asked, found: Shown) -> Response:
    form = asked.one("format")
    if form == "json":
        data = found.data if found.data is not None else found.rows
        return Response(json_text(data, indent=1) + "\n", media_type="application/json")
    if form == "csv":
        return Response(
            _csv(found.rows),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{found.name}.csv"'},
        )
    text = _page(templates, request, desk, asked.language, found)
    return Response(text, found.status, {"vary": "Accept-Language"}, "text/html; charset=utf-8")


def _page(templates: Environment, request: Request, desk: Desk, language: str, found: Shown) -> str:
    def t(text: str, **values: Any) -> str:
        return said(text, language, **values)

    def here(**changed: Any) -> str:
        """The address of this page with some of what is asked changed."""
        now: dict[str, Any] = {name: request.query_params.getlist(name) for name in request.query_params}
        return address(request.url.path, **(now | changed))

    context = {"t": t, "here": here, "language": language, "number": desk.number, "path": request.url.path}
    return templates.get_template(f"{found.template}.html").render({"page": found} | context | found.context)


def _csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(list(row))
        writer.writerow([_cell(value) for value in row.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")  # by which spreadsheets know UTF-8


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple | dict):
        return defused(json_text(value))
    return defused(value) if isinstance(value, str) else str(plain(value))


def _fault(templates: Environment, request: Request, desk: Desk, status: int, message: str) -> Response:
    language = chosen(request.headers.get("accept-language", ""))
    found = Shown("fault", said("Not found", language) if status == 404 else said("Fault", language), status=status)
    found.context = {"message": message, "status": status}
    text = _page(templates, request, desk, language, found)
    return Response(text, status, {"vary": "Accept-Language"}, "text/html; charset=utf-8")


def routes() -> Iterator[str]:
    """The paths of all pages."""
    return (path for path, _ in PAGES)
