"""Every page in a real browser: it shows, asks for nothing elsewhere, runs no script of the archive, and can be read.

Without a browser these are left out; on Debian `apt-get install chromium` brings one, and DIBAO_BROWSER names another.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn

from flows.room.app import application
from flows.room.serve import listening
from flows.settings import Settings
from tests.flows.room.test_safety import hostile
from tests.jobs import rows, value
from tests.makers.browser import Browser, browser, installed

__all__ = ["hostile"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not installed(), reason="no browser; `apt-get install chromium` brings one"),
]

READABLE = """
(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = parts(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const faults = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg, option, select, input, .skip, details:not([open])') || !e.checkVisibility()) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`${e.tagName}.${e.className}: ${ratio.toFixed(2)}`);
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!e.labels.length) faults.push(`no label: ${e.name}`);
  for (const e of document.querySelectorAll('iframe')) if (!e.title) faults.push('a frame without a title');
  for (const e of document.querySelectorAll('a, button')) if (!e.textContent.trim()) faults.push('an empty link');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((e, n) => ids.indexOf(e) !== n);
  if (twice.length) faults.push('an id stands twice: ' + twice);
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push('wider than the window');
  return faults;
})()
"""
"""What is hard to read on a page or to reach without a mouse, after the rules of WCAG 2 that axe checks first."""


@contextmanager
def served(root: Path) -> Iterator[str]:
    """The address of a room over a warehouse."""
    bound = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(Settings(warehouse=root)), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def tab() -> Iterator[Browser]:
    with browser() as found:
        yield found


def test_every_page_can_be_read(tab: Browser, sampled: Path, tmp_path: Path) -> None:
    story = value(sampled, "SELECT story_id FROM story_list ORDER BY outlets DESC, articles DESC LIMIT 1")
    article = value(sampled, "SELECT article_id FROM articles_all WHERE outlet = '東嶼時報'")
    passage = value(sampled, "SELECT min(passage_id) FROM passages WHERE article_id IS NOT NULL")
    uri = value(sampled, "SELECT min(uri) FROM captures WHERE starts_with(uri, 'http')")
    pages = {
        "search": f"/search?q={quote('青石峡')}",
        "article": f"/article/{article}",
        "stories": "/stories",
        "story": f"/story/{story}",
        "collation": f"/story/{story}/collation",
        "page": f"/page?uri={quote(uri)}",
        "today": "/today?since=2000-01-01",
        "outlets": "/outlets",
        "sources": "/sources",
        "sql": "/sql?q=SELECT+headline,+chars+FROM+articles",
        "provenance": f"/provenance/{passage}",
        "fault": "/nowhere",
    }
    kept = Path(os.environ.get("DIBAO_PICTURES") or tmp_path)
    with served(sampled) as room:
        for name, where in pages.items():
            tab.open(room + where)
            for dark in (False, True):
                tab.dark(dark)
                tab.picture(kept / f"{name}{'-dark' if dark else ''}.png", 1100, 1400)
                assert tab.value(READABLE) == [], (name, dark)
                assert (kept / f"{name}{'-dark' if dark else ''}.png").stat().st_size > 5_000
            tab.picture(kept / f"{name}-narrow.png", 420, 900)
            assert tab.value(READABLE) == [], (name, "narrow")
        tab.open(room + pages["search"])
        tab.press("Tab")
        assert tab.value("document.activeElement.className") == "skip"
        # What is followed with the keyboard leads on without any script.
        assert tab.value("document.scripts.length") == 0
        assert all(each.startswith((room, "data:")) for each in tab.requests), tab.requests


def test_what_was_archived_runs_and_reaches_nothing(tab: Browser, hostile: Path) -> None:
    tab.requests.clear()
    with served(hostile) as room:
        for article, document in rows(hostile, "SELECT article_id, document_id FROM articles"):
            for where in (f"/article/{article}", f"/original/{document}"):
                tab.open(room + where)
                # An alert would hold the page until somebody answered it.
                assert tab.value("document.readyState") == "complete"
                assert tab.value("document.querySelectorAll('script, [onerror], [onload]').length") == 0
        assert len(tab.requests) > 4
        assert all(each.startswith((room, "data:")) for each in tab.requests), tab.requests
