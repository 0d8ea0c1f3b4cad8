"""Mail and saved pages: what a reader of the message sees, and no header or code."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote

import pytest

from flows.extract import mail, mhtml
from flows.extract.reading import Reading, UnreadableError
from tests.jobs import ingest, rows

BODY = "渡口自三月起改期，渡船每日两班，票价不变，老人免费乘坐。"
FROM = "From the quay it leaves at six, and from the island at seven in the evening."
MORE = "遇雾停航，敬请留意码头公告，多谢合作。"


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in reading.blocks]


def message(
    text: str, charset: str = "utf-8", *, cte: str = "base64", more: str = "", subject: str = "渡口改期"
) -> bytes:
    """A message with one text, in the charset that it names."""
    made = EmailMessage(policy=SMTP)
    made["From"] = "江口晚报 <desk@example.org>"
    made["To"] = "readers@example.org"
    made["Subject"] = subject
    made["Date"] = "Fri, 01 Mar 2024 09:00:00 +0800"
    made["Message-ID"] = "<1@example.org>"
    made.set_content("x", charset="utf-8", cte=cte)
    head = bytes(made).partition(b"\r\n\r\n")[0].decode("ascii")
    head = re.sub(r'charset="?utf-8"?', f'charset="{charset}"{more}', head)
    from base64 import b64encode
    from quopri import encodestring

    codec = {"gb2312": "gb18030", "x-unknown": "utf-8"}.get(charset, charset)
    body = text.encode(codec)
    packed = {"base64": lambda: b64encode(body), "quoted-printable": lambda: encodestring(body), "8bit": lambda: body}
    return head.encode() + b"\r\n\r\n" + packed[cte]()


@pytest.mark.parametrize(
    ("charset", "cte", "text"),
    [
        ("utf-8", "base64", BODY),
        ("gb2312", "quoted-printable", BODY),
        ("gb2312", "8bit", BODY),
        ("big5", "base64", "渡口自三月起改期，票價不變。"),
        ("iso-2022-jp", "8bit", "渡し船は三月から一日二便になります。"),
        ("koi8-r", "8bit", "Паром с марта ходит дважды в день."),
        ("x-unknown", "base64", BODY),
    ],
)
def test_charsets_and_transfer_encodings(charset: str, cte: str, text: str) -> None:
    reading = mail.read(message(text, charset, cte=cte), {})
    assert told(reading) == [("headline", "渡口改期"), ("body", text)]
    assert (reading.title, reading.authors) == ("渡口改期", ["江口晚报"])
    assert reading.published_at is not None
    assert (reading.published_at.isoformat(), reading.published_precision) == ("2024-03-01T09:00:00+08:00", "second")


def test_lines_are_joined_to_paragraphs_and_quotes_and_signature_told() -> None:
    text = (
        "The ferry will leave twice a day from the first of March, and the\n"
        "fare stays as it is.\n\nBring:\n- a ticket\n- a coat\n\n"
        "> When does it leave in the evening, and may\n> dogs come?\n\n"
        "At six.\n-- \nThe ferry office\nQuay 3\n"
    )
    assert told(mail.read(message(text, subject="Ferry"), {}))[1:] == [
        ("body", "The ferry will leave twice a day from the first of March, and the fare stays as it is."),
        ("body", "Bring:"),
        ("body", "- a ticket"),
        ("body", "- a coat"),
        ("quote", "When does it leave in the evening, and may"),
        ("quote", "dogs come?"),
        ("body", "At six."),
        ("boilerplate", "The ferry office"),
        ("boilerplate", "Quay 3"),
    ]


def test_soft_breaks_are_undone() -> None:
    text = "The ferry leaves \r\ntwice a day.\r\n From the quay.\r\n> Is it \r\n> so?\r\n"
    got = told(mail.read(message(text, more="; format=flowed", subject="Ferry"), {}))[1:]
    assert got == [("body", "The ferry leaves twice a day."), ("body", "From the quay."), ("quote", "Is it so?")]


def several(plain: str | None, page: str | None) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["Subject"], made["Date"] = "desk@example.org", "渡口改期", "Fri, 01 Mar 2024 09:00:00 +0800"
    if plain is not None:
        made.set_content(plain)
        if page is not None:
            made.add_alternative(page, subtype="html")
    elif page is not None:
        made.set_content(page, subtype="html")
    return made


@pytest.mark.parametrize(
    ("plain", "page", "texts"),
    [
        (BODY, f"<p>{MORE}</p>", [BODY]),
        ("See the other version.", f"<style>p {{}}</style><p>{BODY * 6}</p>", [BODY * 6]),
        (None, f"<html><head><title>t</title></head><body><h1>渡口</h1><p>{BODY}</p></body></html>", ["渡口", BODY]),
    ],
)
def test_one_version_is_read(plain: str | None, page: str | None, texts: list[str]) -> None:
    reading = mail.read(several(plain, page).as_bytes(), {})
    assert [block.text for block in reading.blocks[1:]] == texts
    assert reading.authors == ["desk@example.org"]


@pytest.mark.parametrize("payload", [b"", b"   \n", b"only words, no headers\n", b"\x00\x01\x02" * 100])
def test_what_is_no_mail_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"\.$"):
        mail.read(payload, {})


def test_a_message_without_text_is_refused_in_words() -> None:
    made = several(None, None)
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    with pytest.raises(UnreadableError, match="no text"):
        mail.read(made.as_bytes(), {})


SAVED = (
    b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example.org/ferry.html\r\n"
    b"Subject: x\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="B"\r\n\r\n'
    b"--B\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n"
    b"Content-Location: https://news.example.org/ferry.html\r\n\r\n"
    + f"<html><body><article><h1>渡口改期</h1><p>{BODY}</p><p>{MORE}</p></article></body></html>".encode("gb18030")
    + b"\r\n--B\r\nContent-Type: text/css\r\nContent-Location: a.css\r\n\r\np { color: red }\r\n--B--\r\n"
)


def test_a_saved_page_is_read_as_a_page() -> None:
    reading = mhtml.read(SAVED, {})
    assert told(reading) == [("headline", "渡口改期"), ("body", BODY), ("body", MORE)]
    assert reading.blocks[1].selector == "part=1;/html/body/article[1]/p[1]"
    assert reading.canonical_uri == "https://news.example.org/ferry.html"


def test_messages_boxes_and_what_is_attached_are_captured_each_by_itself(tmp_path: Path) -> None:
    first = several(BODY, None)
    first.add_attachment(MORE.encode(), maintype="text", subtype="plain", filename="公告.txt")
    second = several(FROM, None)
    second["Message-ID"] = "<2@example.org>"
    outer = several("Forwarded.", None)
    outer.add_attachment(several(MORE * 2, None))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "one.eml").write_bytes(first.as_bytes())
    (folder / "forwarded.eml").write_bytes(outer.as_bytes())
    escaped = re.sub(rb"(?m)^From ", b">From ", second.as_bytes().replace(b"\r\n", b"\n"))
    (folder / "box.mbox").write_bytes(
        b"From a Fri Mar  1 09:00:00 2024\n"
        + first.as_bytes().replace(b"\r\n", b"\n")
        + b"\n\nFrom b Fri Mar  1 09:00:00 2024\n"
        + escaped
        + b"\n"
    )
    (folder / "page.mht").write_bytes(SAVED)
    ingest(tmp_path / "w", folder)
    found = {
        unquote(uri).removeprefix("file:///in/"): text
        for uri, text in rows(
            tmp_path / "w",
            "SELECT uri, string_agg(text, '|' ORDER BY ordinal) FROM captures JOIN documents USING (payload_sha256) "
            "JOIN passages USING (document_id) GROUP BY uri",
        )
    }
    assert found == {
        "one.eml": f"渡口改期|{BODY}",
        "one.eml!/公告.txt": MORE,
        "forwarded.eml": "渡口改期|Forwarded.",
        "forwarded.eml!/2.eml": f"渡口改期|{MORE * 2}",
        "box.mbox#/0": f"渡口改期|{BODY}",
        "box.mbox!/1/公告.txt": MORE,
        "box.mbox#2@example.org": f"渡口改期|{FROM}",
        "page.mht": f"渡口改期|{BODY}|{MORE}",
    }
    assert rows(tmp_path / "w", "SELECT uri, message FROM rejects") == []
    again = ingest(tmp_path / "w", folder)
    assert again.snapshot is None
