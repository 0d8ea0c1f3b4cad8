"""Posts of a thread and readers' comments: containers alike, each with a name, a time, and what was said.

No list of words is needed to find them. Elements of one name and class come again; each begins, or ends, with a short
line that holds a date or a time, and, in that line or beside it, a name that is another in the next one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features, family

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_NUMBERS = re.compile(r"\A[\d:.,/-]+")
STAMP = 80
"""The line with a post's date and time is at most as long."""
NAME = 40
"""And the one with its poster's name."""
SAID = 20
"""A post says at least as many characters, on average."""
LEAST = 2
"""As many posts make a series."""
MANY = 3
"""So many are needed where the model takes them for the article's own, and little of that may follow."""
UP = 7
"""A post's container is at most as many elements above its date."""
GATHERED = 0.75
"""The element with a post's text holds at least this share of the post's."""
UNLIKELY = -4.0
"""Posts with lower log odds on average are lists beside the text: those of threads had -2.8 and more."""
QUESTION = 0.25
"""A text that is shorter than this share of what stands below it is a question with its answers."""
THREAD = 3
"""A thread has at least as many posts,"""
LARGEST = 0.6
"""and none of them holds as large a share of what they say: it would be an article with others beside it."""
ARTICLE = 300
"""Comments stand below at least as many characters of another text."""
MOST = 0.5
"""The posts of a thread hold more than this share of the page's running text."""


class Post(NamedTuple):
    """A post: the half-open range of its blocks, its poster, its lines of name and time, and its text's blocks."""

    first: int
    last: int
    name: str
    stamps: tuple[int, ...]
    text: tuple[int, ...]


def posts_of(page: Cut, features: Features) -> list[Post]:
    """The longest series of posts on a page, or none."""
    frames = page.all_frames
    above = frames.above.tolist()
    stamped = _stamped(features)
    members: dict[tuple[str, str, int], dict[int, list[int]]] = defaultdict(dict)
    for i in np.flatnonzero(stamped).tolist():
        frame = int(page.holders[i])
        for _ in range(UP):
            if frame <= 0 or frames.tags[frame] in ("body", "html", "main"):
                break
            name = family(frames.names[frame])
            key = (frames.tags[frame], name, -1 if name else above[frame])
            members[key].setdefault(frame, []).append(i)
            frame = above[frame]
    best: list[Post] = []
    weight = 0.0
    for key in sorted(members):
        found = _series(page, features, members[key])
        said = sum(float(features.chars[list(post.text)].sum()) for post in found)
        if len(found) >= LEAST and said >= SAID * len(found) and said > weight:
            best, weight = found, said
    return best


def _stamped(features: Features) -> Mask:
    """The short lines with a date or a time that are no link to elsewhere and no heading."""
    outside = marks.MENU | marks.FOOTER | marks.CONTROL
    out: Mask = features.dated & (features.chars <= STAMP) & (features.marks & outside == 0)
    return out


def _series(page: Cut, features: Features, members: dict[int, list[int]]) -> list[Post]:
    """The posts of containers of one kind, if names tell them apart; those inside others are posts of their own."""
    frames = page.all_frames
    spans = sorted((int(frames.first[f]), int(frames.last[f]), f) for f in members)
    posts: list[Post] = []
    names: list[str] = []
    for at, (first, last, frame) in enumerate(spans):
        end = next((begin for begin, _, _ in spans[at + 1 :] if begin < last), last)
        stamps = [i for i in members[frame] if first <= i < end]
        if not stamps or len(stamps) > 3:
            return []
        name = _name(page, features, first, end, stamps[0])
        if name is None:
            continue
        text = [
            i
            for i in range(first, end)
            if i not in stamps
            and page.texts[i] != name
            and features.linked[i] < 0.5
            and features.marks[i] & marks.CONTROL == 0
            and (features.chars[i] >= NAME or i > stamps[0])
        ]
        if sum(features.chars[i] for i in text):
            posts.append(Post(first, end, name, tuple(stamps), tuple(text)))
            names.append(name)
    if len(posts) * 2 < len(spans) or len(set(names)) < 2:
        return []
    said = Counter(page.texts[i] for post in posts for i in set(post.text))
    return [post._replace(text=_own_words(page, features, post, said)) for post in posts]


def _own_words(page: Cut, features: Features, post: Post, said: Counter[str]) -> tuple[int, ...]:
    """Of a post's blocks those of the element that gathers most of it, without what other posts say, too.

    What stands beside that element tells of the poster, or what can be done with the post.
    """
    text = [i for i in post.text if said[page.texts[i]] == 1 or features.chars[i] > STAMP]
    if not text:
        return ()
    whole = float(features.chars[text].sum())
    held: dict[int, float] = defaultdict(float)
    above = page.all_frames.above
    for i in text:
        frame = int(above[page.holders[i]])
        while frame > 0 and page.all_frames.last[frame] - page.all_frames.first[frame] <= post.last - post.first:
            held[frame] += float(features.chars[i])
            frame = int(above[frame])
    most = [frame for frame, chars in held.items() if chars >= GATHERED * whole]
    if not most:
        return tuple(text)
    inner = page.all_frames[max(most)]
    return tuple(i for i in text if inner.first <= i < inner.last)


def _name(page: Cut, features: Features, first: int, last: int, stamp: int) -> str | None:
    """The poster's name: the words of the line with the time, or a short line near it that is no heading."""
    words = " ".join(_NUMBERS.sub("", word) for word in page.texts[stamp].split() if any(map(str.isalpha, word)))
    for i in (*range(stamp - 1, max(first, stamp - 4) - 1, -1), *range(stamp + 1, min(last, stamp + 3))):
        text: str = page.texts[i]
        short = 2 <= len(text) <= NAME and not features.dated[i] and not page.frame(i).bits & marks.HEADING
        if short and any(map(str.isalpha, text)):
            return text
    return words.strip() or None


def are_comments(features: Features, odds: Array, posts: list[Post]) -> bool:
    """Whether a series of posts are the comments on another text: one that stands above them, outside the series."""
    if not posts:
        return False
    likely = features.chars * (1 - features.linked) * (odds > 0)
    first = posts[0].first
    if features.marks[first] & marks.BELOW:
        return True  # they stand under a heading that says so
    said = [i for post in posts for i in post.text]
    sure = float(odds[said] @ features.chars[said]) > 0
    if len({post.name for post in posts}) * 2 <= len(posts):
        return False  # a reporter who writes as things happen
    before = float(likely[:first].sum())
    after = float(likely[max(post.last for post in posts) :].sum())
    if sure and (len(posts) < MANY or after > 0.5 * before):
        return False
    own = float(features.chars[said].sum())
    return before >= max(ARTICLE, QUESTION * own) and features.headline < first


def mark_comments(features: Features, posts: list[Post]) -> Mask:
    """The blocks from the first comment to the last, which are marked as such in `features`."""
    out: Mask = np.zeros(len(features.chars), dtype=bool)
    out[posts[0].first : max(post.last for post in posts)] = True
    features.marks[out] |= marks.BELOW
    features.marks[out & (features.linked < 0.5)] |= marks.COMMENTS
    return out


def is_thread(features: Features, odds: Array, posts: list[Post]) -> bool:
    """Whether posts are what a page is for: they hold most of its running text, and the model does not rule it out."""
    own = [i for post in posts for i in post.text]
    if not own or float(odds[own] @ features.chars[own]) < UNLIKELY * float(features.chars[own].sum()):
        return False
    running = features.chars * (1 - features.linked) * (features.chars >= NAME)
    said = [float(running[list(post.text)].sum()) for post in posts]
    return len(said) >= THREAD and sum(said) > MOST * float(running.sum()) and max(said) < LARGEST * sum(said)
