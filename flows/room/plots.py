"""Plots as SVG, made on the server: they need no script, print well, and take their colours from the style."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup, escape

WIDTH = 720


def timeline(months: Sequence[tuple[date, int]], link: Any, label: str) -> Markup:
    """Bars of counts by month, or by year where there are many; each leads to its articles.

    `link(since, until)` gives the address of a bar.
    """
    if not months:
        return Markup("")
    first, last = months[0][0], months[-1][0]
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    by_year = count > _BARS
    counts: dict[date, int] = {}
    for month, number in months:
        key = date(month.year, 1, 1) if by_year else month
        counts[key] = counts.get(key, 0) + number
    bars = (last.year - first.year + 1) if by_year else count
    step, height, most = min(40.0, WIDTH / bars), 60, max(counts.values())
    parts = []
    for start, number in sorted(counts.items()):
        place = start.year - first.year if by_year else (start.year - first.year) * 12 + start.month - first.month
        stop = _last_day(start, by_year)
        tall = max(2.0, (height - 2) * number / most)
        name = f"{start:%Y}" if by_year else f"{start:%Y-%m}"
        parts.append(
            Markup(
                '<a href="{}"><title>{}: {}</title>'
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/></a>'
            ).format(
                link(start.isoformat(), stop.isoformat()),
                name,
                number,
                place * step,
                height - tall,
                max(1.0, step - 1),
                tall,
            )
        )
    if count == 1:
        ends = Markup('<text x="0" y="{}">{}</text>').format(height + 14, f"{first:%Y-%m}")
        return _svg(WIDTH, height + 20, label, Markup("").join(parts) + ends)
    ends = Markup('<text x="0" y="{0}">{1}</text><text x="{2:.0f}" y="{0}" text-anchor="end">{3}</text>').format(
        height + 14, f"{first:%Y-%m}", max(110.0, bars * step), f"{last:%Y-%m}"
    )
    return _svg(WIDTH, height + 20, label, Markup("").join(parts) + ends)


_BARS = 120
"""Bars beside one another that can still be told apart."""


def _last_day(start: date, whole_year: bool) -> date:
    if whole_year:
        return date(start.year, 12, 31)
    return date(start.year + start.month // 12, start.month % 12 + 1, 1) - timedelta(days=1)


def spread(witnesses: Sequence[dict[str, Any]], link: Any, label: str, undated: str) -> Markup:
    """Outlets by time: a mark for each article that carried a story, the leader's filled, outlets by their first day.

    `link(article_id)` gives the address of a mark. Those without a day stand at the right, under the word `undated`.
    """
    days = [each["published_on"] for each in witnesses if each["published_on"]]
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in sorted(witnesses, key=_when):
        for outlet in each["outlets"] or ["—"]:
            rows.setdefault(outlet, []).append(each)
    names, more = list(rows)[:_ROWS], len(rows) - _ROWS
    left, right, row, top = 190, 90, 20, 8
    first, last = (min(days), max(days)) if days else (None, None)
    span = max(1, (last - first).days) if first and last else 1
    wide = WIDTH - left - right
    parts = []
    for number, outlet in enumerate(names):
        y = top + row * number + row / 2
        parts.append(
            Markup(
                '<line class="rule" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(left, WIDTH - 10, y, y, left - 10, y + 4, _cut(outlet, 26))
        )
        for each in rows[outlet]:
            day = each["published_on"]
            x = left + 6 + (wide - 12) * (day - first).days / span if day and first else WIDTH - right / 2 + 4
            kind = "leader" if each["leader"] else "witness"
            told = f"{outlet} · {each['printed'] or undated} · {each['headline'] or ''}"
            if not each["leader"]:
                told += f" · {each['coverage']:.0%}"
                if day and first:
                    told += f" · +{(day - first).days} d"
            parts.append(
                Markup(
                    '<a href="{}"><title>{}</title><circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/></a>'
                ).format(
                    link(each["article_id"]),
                    told,
                    kind,
                    x,
                    y,
                    6.5 if each["leader"] else 3 + 3 * float(each["coverage"]),
                )
            )
    bottom = top + row * len(names)
    ticks = _ticks(first, last) if first and last else []
    for tick in ticks:
        x = left + 6 + (wide - 12) * (tick - first).days / span if first else left
        parts.append(
            Markup(
                '<line class="tick" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>'
                '<text x="{0:.1f}" y="{3}" text-anchor="middle">{4}</text>'
            ).format(x, top, bottom, bottom + 14, tick.isoformat())
        )
    if any(each["published_on"] is None for each in witnesses):
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                WIDTH - right // 2 + 4, bottom + 14, undated
            )
        )
    if more > 0:
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">+ {}</text>').format(left - 10, bottom + 14, more))
    return _svg(WIDTH, bottom + 22, label, Markup("").join(parts))


_ROWS = 60
"""Outlets of a plot; more are counted."""


def _when(each: dict[str, Any]) -> tuple[bool, date, str, str]:
    day = each["published_on"]
    return day is None, day or date.min, str(each.get("published_at") or ""), each["article_id"]


def _ticks(first: date, last: date) -> list[date]:
    """Up to five days that part a time evenly."""
    span = (last - first).days
    count = min(4, span)
    return [first + timedelta(days=round(span * number / count)) for number in range(count + 1)] if count else [first]


def _cut(text: str, most: int) -> str:
    """A name that fits, where an ideograph is as wide as two letters."""
    out, used = "", 0
    for letter in text:
        used += 2 if ord(letter) > 0x2E7F else 1
        if used > most:
            return out + "…"
        out += letter
    return out


def coverage(parts: Sequence[tuple[float, float, str]], label: str) -> Markup:
    """A bar that shows what a witness has of its leader's text, and what it has otherwise or has not."""
    wide, tall = 360, 14
    rects = [
        Markup('<rect class="part {}" x="{:.2f}" y="0" width="{:.2f}" height="{}"/>').format(
            kind, start * wide, max(1.0 if kind != "has" else 0.2, (stop - start) * wide), tall
        )
        for start, stop, kind in sorted(parts, key=lambda each: each[2] != "has")
    ]
    return _svg(wide, tall, label, Markup("").join(rects), "coverage")


def network(edges: Sequence[tuple[str, str, int]], label: str) -> Markup:
    """Outlets on a circle, and a curve from each to those that took from it, as thick as it is often."""
    from math import cos, pi, sin

    totals: dict[str, int] = {}
    for one, other, count in edges:
        totals[one] = totals.get(one, 0) + count
        totals[other] = totals.get(other, 0) + count
    names = sorted(totals, key=lambda name: (-totals[name], name))[:_NODES]
    if not names:
        return Markup("")
    size, radius = 640, 190
    middle, centre, high = size / 2, radius + 40.0, 2 * radius + 80
    place = {
        name: (
            middle + radius * cos(2 * pi * n / len(names) - pi / 2),
            centre + radius * sin(2 * pi * n / len(names) - pi / 2),
        )
        for n, name in enumerate(names)
    }
    most = max(count for _, _, count in edges)
    parts = []
    for one, other, count in sorted(edges, key=lambda each: each[2]):
        if one in place and other in place and one != other:
            (x0, y0), (x1, y1) = place[one], place[other]
            parts.append(
                Markup(
                    '<path class="edge" d="M{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}" '
                    'stroke-width="{:.1f}">'
                    "<title>{} → {}: {}</title></path>"
                ).format(
                    x0,
                    y0,
                    (x0 + x1) / 4 + middle / 2,
                    (y0 + y1) / 4 + centre / 2,
                    x1,
                    y1,
                    0.8 + 5 * count / most,
                    one,
                    other,
                    count,
                )
            )
    biggest = max(totals.values())
    for name, (x, y) in place.items():
        side = "start" if x > middle + 5 else "end" if x < middle - 5 else "middle"
        out = 12 if side == "start" else -12 if side == "end" else 0
        down = 4 if side != "middle" else (-14 if y < centre else 22)
        parts.append(
            Markup(
                '<circle class="leader" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}: {}</title>'
                '</circle><text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
            ).format(x, y, 3 + 6 * totals[name] / biggest, name, totals[name], x + out, y + down, side, _cut(name, 18))
        )
    return _svg(size, high, label, Markup("").join(parts), "network")


_NODES = 24
"""Outlets of a network; what takes and gives least is left to the table."""


def sheet(lines: Sequence[dict[str, Any]], label: str) -> Markup:
    """A printed page: the boxes of its lines, coloured by article."""
    wide, tall = 1000, 1414
    parts = []
    for each in lines:
        kind = "none" if each["ordinal"] is None else f"a{each['ordinal'] % 8}"
        high = max(2.0, (each["y1"] - each["y0"]) * tall)
        long = max(2.0, (each["x1"] - each["x0"]) * wide)
        letters = max(1, sum(2 if ord(c) > 0x2E7F else 1 for c in each["printed"]))
        size = min(high * 0.95, 2 * long / letters) if high < long * 3 else high / max(1, len(each["printed"]))
        rect = Markup('<rect class="box {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            kind, each["x0"] * wide, each["y0"] * tall, long, high
        )
        text = Markup('<text x="{:.1f}" y="{:.1f}" font-size="{:.1f}">{}</text>').format(
            each["x0"] * wide, each["y1"] * tall - high * 0.15, size, each["printed"]
        )
        parts.append(Markup("<g><title>{}</title>{}{}</g>").format(each["headline"] or "", rect, text))
    return _svg(wide, tall, label, Markup("").join(parts), "sheet")


def _svg(width: int, height: float, label: str, inside: Markup, kind: str = "plot") -> Markup:
    return Markup(
        '<svg class="{}" role="img" aria-label="{}" viewBox="0 0 {} {:.0f}" width="{}" height="{:.0f}">{}</svg>'
    ).format(kind, escape(label), width, height, width, height, inside)
