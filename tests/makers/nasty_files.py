"""Files and folders that are hard to walk or to read. Each function takes the folder to write into."""

from __future__ import annotations

import os
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SENTENCE = "河面上起了雾，渡船在对岸敲了三下钟，没有人应。"


def empty(folder: Path) -> None:
    """Files of no bytes, of white space and of a byte order mark. Expected: reject `empty` for each."""
    (folder / "empty.txt").write_bytes(b"")
    (folder / "empty.md").write_bytes(b"")
    (folder / "empty.html").write_bytes(b"")
    (folder / "empty.json").write_bytes(b"")
    (folder / "empty.warc.gz").write_bytes(b"")
    (folder / "blank.txt").write_bytes(b" \r\n\t\n")
    (folder / "mark.txt").write_bytes(b"\xef\xbb\xbf")


def random_bytes(folder: Path, seed: int = 7) -> None:
    """Random bytes with the names of text. Expected: reject `binary`, or for .json another; never a document."""
    source = random.Random(seed)
    for name in ("random.txt", "random.md", "random.json", "random.warc"):
        (folder / name).write_bytes(source.randbytes(20_000))


def deep_html(folder: Path, depth: int = 100_000) -> None:
    """Nested divs round one sentence. Expected: a document that holds the sentence, or one clear reject; no crash."""
    (folder / "deep.html").write_text("<html><body>" + "<div>" * depth + SENTENCE + "</div>" * depth + "</body></html>")


def wide_html(folder: Path, elements: int = 200_000) -> None:
    """Unclosed tags in great number. Expected: a document or one clear reject, in seconds."""
    (folder / "wide.html").write_text("<html><body>" + "<b><i><table><tr><td><p>字" * (elements // 6))


def long_line(folder: Path, size: int = 200_000_000) -> None:
    """One line of `size` bytes. Expected: a document in many blocks, or reject `too-large`; memory below 2 GB."""
    piece = (SENTENCE * 1000).encode()
    with (folder / "long.txt").open("wb") as file:
        for _ in range(size // len(piece)):
            file.write(piece)


def invalid_names(folder: Path) -> None:
    """File names that are no UTF-8, that hold a line break, a percent sign, a leading dash. Expected: documents, with
    addresses that lead back to the bytes of the name."""
    base = os.fsencode(folder)
    for name in (
        b"\xb6\xc9\xbf\xda.txt",
        b"\xff\xfe.txt",
        b"two\nlines.txt",
        b"100%25 #?.txt",
        b"-rf.txt",
        b"\x7f\x01.txt",
    ):
        with open(os.path.join(base, name), "wb") as file:
            file.write(SENTENCE.encode() + name.hex().encode())


def links(folder: Path) -> None:
    """A link to itself, two that lead to each other, one to the folder above, one to nothing, one to a good file.
    Expected: the good file once or twice, a reject or nothing for the others, and an end."""
    inner = folder / "inner"
    inner.mkdir()
    (inner / "good.txt").write_text(SENTENCE, encoding="utf-8")
    (inner / "again.txt").symlink_to("good.txt")
    (inner / "self.txt").symlink_to("self.txt")
    (inner / "one").symlink_to("other")
    (inner / "other").symlink_to("one")
    (inner / "above").symlink_to("..")
    (inner / "here").symlink_to(".")
    (inner / "nothing.txt").symlink_to("not-there.txt")


def special_files(folder: Path) -> None:
    """A named pipe and a socket. Expected: a reject that says what they are, at once: opening the pipe would hang."""
    os.mkfifo(folder / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    # The name of a socket may not be long, and a test's folder often is.
    here = os.getcwd()
    try:
        os.chdir(folder)
        server.bind("socket.txt")
    finally:
        os.chdir(here)
        server.close()


def unreadable(folder: Path) -> None:
    """A file and a folder without permissions. Expected: reject `unreadable` for each. The superuser reads them all the
    same, and then they are documents."""
    (folder / "closed.txt").write_text(SENTENCE, encoding="utf-8")
    (folder / "closed.txt").chmod(0)
    (folder / "shut").mkdir()
    (folder / "shut" / "inside.txt").write_text(SENTENCE + "门内。", encoding="utf-8")
    (folder / "shut").chmod(0)


def deep_folders(folder: Path, depth: int = 60) -> None:
    """Folders in folders with long names, up to where the system's paths end. Expected: the file is a document."""
    here = folder
    for _ in range(depth):
        here = here / ("深" * 15)
    here.mkdir(parents=True)
    (here / "bottom.txt").write_text(SENTENCE, encoding="utf-8")


@contextmanager
def changing(folder: Path, files: int = 40) -> Iterator[Path]:
    """While it is open, one file grows, one is rewritten, and `files` others come and go. Expected: every file is a
    document or a reject (`changed`, `unreadable`), and the counts add up."""
    stop = threading.Event()
    grows, rewritten = folder / "grows.txt", folder / "rewritten.txt"
    grows.write_text(SENTENCE * 1000, encoding="utf-8")
    rewritten.write_text(SENTENCE, encoding="utf-8")
    (folder / "still.txt").write_text(SENTENCE + "它不动。", encoding="utf-8")
    for number in range(files):
        (folder / f"gone-{number:03}.txt").write_text(f"{SENTENCE}第{number}声。", encoding="utf-8")

    def disturb() -> None:
        turn = 0
        while not stop.is_set():
            with grows.open("a", encoding="utf-8") as file:
                file.write(SENTENCE)
            rewritten.write_text(f"{SENTENCE * (turn % 50)}{turn}", encoding="utf-8")
            victim = folder / f"gone-{turn % files:03}.txt"
            if turn % 3:
                victim.unlink(missing_ok=True)
            else:
                victim.write_text(f"{SENTENCE}又是第{turn}声。", encoding="utf-8")
            turn += 1

    thread = threading.Thread(target=disturb, daemon=True)
    thread.start()
    try:
        yield folder
    finally:
        stop.set()
        thread.join()
