"""Mail (RFC 5322 and MIME) and web pages saved as MIME (MHTML): the text that a reader of the message sees.

Headers become metadata and never text. Of a message in several versions the plain one is read, unless it only points to
the other. What is attached is no part of the document; `attachments` gives it to be captured by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any, NamedTuple, cast

from flows.extract import dates
from flows.extract.binary import refuse
from flows.extract.charset import codec_named, decode
from flows.extract.fields import put_date
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError

MAIL = "message/rfc822"
MHTML = "multipart/related"
_POLICY = policy.default.clone(max_line_length=0)
_SHORT = 5
"""How many times longer a page must be than the plain version beside it for that to be a mere pointer."""
MOST_PARTS = 1000
_SIGNATURE = re.compile(r"-- ?\Z")
_QUOTED = re.compile(r"((?:>[ ]?)+)")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.M)
"""How a mailbox writes a line that would part messages."""
_WRAPPED = 60
"""Letters of a line from which on the next one may be its continuation: mail is wrapped at 65 to 78."""
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s|\s{2,}\S|\t")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
_TAGS = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)\s*>|<[^>]*>", re.I | re.S)
_ENDS = re.compile(r"[^\s\u200b\ufeff](?:.*[^\s\u200b\ufeff])?")


class Part(NamedTuple):
    """A part of a message with its section number as IMAP counts them."""

    number: str
    message: EmailMessage


class Attachment(NamedTuple):
    """What is attached to a message: its name, as the message gives it, and its bytes."""

    name: str
    payload: bytes


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a message. Selectors are the section of the part, then `char=` into its decoded text or an XPath.

    UnreadableError (`empty`, `no-mail`, `no-text`, `binary`) where there is no text.
    """
    message = parse(payload)
    plain, page = _versions(message)
    reading = Reading(media_type=MAIL)
    blocks: list[Block] = []
    for part in plain if plain and not _points_elsewhere(plain, page) else page or plain:
        text, codec = _text(part.message, parser)
        reading.charset_used = reading.charset_used or codec
        reading.charset_declared = reading.charset_declared or part.message.get_content_charset()
        blocks += _of_part(part, text, parser)
    if not any(block.text for block in blocks):
        raise UnreadableError("no-text", "The message holds no text beside what is attached to it.")
    reading.language = guess_language("\n".join(block.text for block in blocks[:50]))
    _describe(reading, message, parser)
    if reading.title:
        reading.blocks.append(Block("headline", reading.title, "header=Subject", article=0))
    reading.blocks += blocks
    return reading


def read_page(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read a web page that was saved with what it needs: its root page, by the reader of web pages.

    UnreadableError (`no-mail`, `no-text`) where there is none.
    """
    from flows.extract import html

    message = parse(payload)
    pages = [part for part in _walk(message) if part.message.get_content_type() in _PAGES]
    start = str(message.get_param("start", "") or "")
    if not pages:
        raise UnreadableError("no-text", "The saved page holds no HTML.")
    root = next((part for part in pages if start and part.message.get("Content-ID", "") == start), pages[0])
    body = _bytes(root.message)
    label = codec_named(root.message.get_content_charset())
    if label:
        body = b"\xef\xbb\xbf" + body.decode(label, "replace").encode("utf-8", "replace")
    reading = html.read(body, parser)
    for block in reading.blocks:
        block.selector = f"part={root.number};{block.selector}"
    reading.media_type = MHTML
    place = str(root.message.get("Content-Location", "") or message.get("Snapshot-Content-Location", "")).strip()
    if reading.canonical_uri is None and re.match(r"https?://\S+\Z", place):
        reading.canonical_uri = place
    reading.charset_used = label or reading.charset_used
    return reading


def attachments(payload: bytes) -> Iterator[Attachment]:
    """What is attached to a message, in its order; nothing where it is no message."""
    try:
        message = parse(payload)
    except UnreadableError:
        return
    plain, page = _versions(message)
    own = {part.number for part in (*plain, *page)}
    for part in _walk(message):
        if part.number in own or (part.message.is_multipart() and part.message.get_content_type() != MAIL):
            continue
        name = part.message.get_filename()
        if part.message.get_content_type() == MAIL:
            inner = part.message.get_payload()
            inside = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(inside, EmailMessage):
                yield Attachment(name or f"{part.number}.eml", inside.as_bytes(policy=_POLICY))
        elif name or part.message.get_content_disposition() == "attachment":
            yield Attachment(name or f"{part.number}.bin", _bytes(part.message))


_PAGES = ("text/html", "application/xhtml+xml")
_TEXTS = ("text/plain", *_PAGES, "text/enriched", "text/markdown")


def parse(payload: bytes) -> EmailMessage:
    """The message in a payload; UnreadableError where it does not begin with headers."""
    refuse(payload)
    if not payload.strip():
        raise UnreadableError("empty", "The message is empty.")
    if payload.startswith(b"From "):  # the line that parts messages in a mailbox
        payload = _ESCAPED_FROM.sub(rb"\1", payload.partition(b"\n")[2])
    message = message_from_bytes(payload.lstrip(b"\r\n"), policy=_POLICY)
    if not any(name in message for name in ("From", "Subject", "Date", "Content-Type", "MIME-Version", "To")):
        raise UnreadableError("no-mail", "This does not begin as a message does: there are no headers of mail.")
    return message


def _walk(message: EmailMessage, number: str = "") -> Iterator[Part]:
    """Every part with its section number; those of an attached message are its own affair."""
    pending = [Part(number or "1", message)]
    for _ in range(MOST_PARTS):
        if not pending:
            return
        part = pending.pop(0)
        yield part
        if part.message.is_multipart() and part.message.get_content_type() != MAIL:
            inner = cast(list[EmailMessage], part.message.get_payload())
            base = "" if part.message is message and not number else f"{part.number}."
            pending[:0] = [Part(f"{base}{at}", each) for at, each in enumerate(inner, 1)]


def _versions(message: EmailMessage) -> tuple[list[Part], list[Part]]:
    """The parts that make the text: in plain, and as pages. What stands inline beside them belongs to both."""
    plain: list[Part] = []
    page: list[Part] = []
    for part in _walk(message):
        kind = part.message.get_content_type()
        if part.message.is_multipart() or kind not in _TEXTS or part.message.get_content_disposition() == "attachment":
            continue
        if part.message.get_filename():
            continue
        (page if kind in _PAGES else plain).append(part)
    return plain, page


def _points_elsewhere(plain: list[Part], page: list[Part]) -> bool:
    """Whether the plain version only says that there is another."""
    if not page:
        return False
    lengths = [sum(len(_text(part.message, {})[0].strip()) for part in plain)]
    lengths.append(sum(len(unescape(_TAGS.sub("", _text(part.message, {})[0])).strip()) for part in page))
    return lengths[0] * _SHORT < lengths[1]


def _bytes(message: EmailMessage) -> bytes:
    """A part's bytes, its transfer encoding undone as far as it can be."""
    found = message.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(message: EmailMessage, parser: Mapping[str, Any]) -> tuple[str, str]:
    """A part's text and the codec that read it: that of its header where it can be true, else as bytes tell."""
    body = _bytes(message)
    named = codec_named(str(parser.get("charset") or message.get_content_charset() or ""))
    if named:
        text = body.decode(named, "replace")
        if text.count("\ufffd") <= len(text) // 100:
            return text, named
    decoded = decode(body)
    return decoded.text, decoded.charset_used


def _of_part(part: Part, text: str, parser: Mapping[str, Any]) -> list[Block]:
    if part.message.get_content_type() in _PAGES:
        from flows.extract import html

        blocks = html.read_markup(text, parser, selector_prefix=f"part={part.number};").blocks
        return [block for block in blocks if block.text]
    flowed = str(part.message.get_param("format", "") or "").lower() == "flowed"
    delsp = str(part.message.get_param("delsp", "") or "").lower() == "yes"
    return list(_paragraphs(text, f"part={part.number};char=", flowed=flowed, delsp=delsp))


class _Line(NamedTuple):
    depth: int
    text: str
    start: int
    end: int
    soft: bool


def _paragraphs(text: str, prefix: str, *, flowed: bool, delsp: bool) -> Iterator[Block]:
    """Paragraphs of plain mail: soft breaks (RFC 3676) undone, and hard ones where lines are as long as they can be."""
    held: list[_Line] = []
    signed = False
    for line in [*_lines(text, flowed=flowed, delsp=delsp), None]:
        if held and (line is None or not _goes_on(held[-1], line, flowed=flowed)):
            yield _block(held, prefix, signed=signed)
            held = []
        if line is not None and not line.depth and _SIGNATURE.match(line.text):
            signed = True
        elif line is not None and line.text.strip():
            held.append(line)


def _lines(text: str, *, flowed: bool, delsp: bool) -> Iterator[_Line]:
    for found in re.finditer(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", text):
        whole = found.group().rstrip("\r\n")
        quoted = _QUOTED.match(whole)
        lead = quoted.end() if quoted else 0
        rest = whole[lead:]
        if flowed and rest.startswith(" "):
            lead, rest = lead + 1, rest[1:]
        soft = flowed and rest.endswith(" ") and not _SIGNATURE.match(rest)
        visible = _ENDS.search(rest)
        start, end = (visible.start(), visible.end()) if visible else (0, 0)
        depth = quoted.group().count(">") if quoted else 0
        kept = rest if _SIGNATURE.match(rest) else (rest[:-1] if soft and delsp else rest[start:end])
        yield _Line(depth, kept, found.start() + lead + start, found.start() + lead + end, soft)


def _goes_on(before: _Line, line: _Line, *, flowed: bool) -> bool:
    """Whether a line continues the one before it."""
    if not line.text.strip() or line.depth != before.depth or _SIGNATURE.match(line.text):
        return False
    if before.soft or flowed:
        return before.soft
    width = sum(2 if _WIDE.match(letter) else 1 for letter in before.text)
    return width >= _WRAPPED and not _ITEM.match(line.text)


def _block(held: list[_Line], prefix: str, *, signed: bool) -> Block:
    text = held[0].text
    for line in held[1:]:
        wide = bool(_WIDE.match(text[-1:])) and bool(_WIDE.match(line.text[:1]))
        text = f"{text}{line.text}" if wide else f"{text.rstrip()} {line.text.lstrip()}"
    kind = "quote" if held[0].depth else "boilerplate" if signed else "body"
    place = f"{prefix}{held[0].start},{held[-1].end}"
    return Block(kind, text.strip(), place, article=None if kind == "boilerplate" else 0)


def _describe(reading: Reading, message: EmailMessage, parser: Mapping[str, Any]) -> None:
    reading.title = _header(message, "Subject") or None
    try:
        senders = cast(AddressHeader | None, message["From"])
        reading.authors = [each.display_name or each.addr_spec for each in senders.addresses] if senders else []
    except (AttributeError, ValueError, IndexError, LookupError):
        reading.authors = [each] if (each := _header(message, "From")) else []
    said = _header(message, "Date")
    try:
        moment = parsedate_to_datetime(said) if said else None
    except (ValueError, TypeError, IndexError, OverflowError):
        moment = None
    if moment is not None and moment.tzinfo is not None:
        reading.published_at, reading.published_precision = moment, "second"
    elif said and (guessed := dates.parse(said)):
        put_date(reading, guessed, parser)


def _header(message: EmailMessage, name: str) -> str:
    """A header's text, decoded, on one line. Raw bytes beyond ASCII are read as their letters tell."""
    try:
        text = str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):  # of headers that break its parser
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        text = str(raw)
    if "\ufffd" in text or any("\udc80" <= letter <= "\udcff" for letter in text):
        raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), text)
        held = raw.encode("ascii", "surrogateescape") if not raw.isascii() else raw.encode()
        text = decode(held).text if "\ufffd" not in decode(held).text else text
    return " ".join(text.split())
