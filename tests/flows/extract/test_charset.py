"""The encoding ladder: right text from hard-to-tell bytes, and a plain word about bytes that are no text."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.extract.charset import Decoded, declared, decode, looks_binary
from flows.extract.charset_models import CANDIDATES, likelihood, limit, limits

ZH = (
    "江口晚报讯 河口大桥三月一日上午正式通车。市长在仪式上说,这座桥让两岸的居民少走二十公里的路,"
    "也给当地的经济带来新的机会。"
    "记者在现场看到,第一批车辆缓缓驶过桥面,许多市民带着孩子前来参观。工程历时四年,总投资十二亿元。"
)
ZH_HANT = (
    "江口晚報訊 河口大橋三月一日上午正式通車。市長在儀式上說,這座橋讓兩岸的居民少走二十公里的路,"
    "也給當地的經濟帶來新的機會。"
    "記者在現場看到,第一批車輛緩緩駛過橋面,許多市民帶著孩子前來參觀。工程歷時四年,總投資十二億元。"
)
JA = "河口大橋は一日午前に開通した。市長は式典で、便利になると話した。多くの市民が子どもと一緒に橋を渡った。"
KO = "하구 대교가 일일 오전에 개통되었다. 시장은 행사에서 생활이 편리해질 것이라고 말했다. 많은 시민이 다리를 건넜다."
RU = (
    "Мост через устье реки открыли первого марта. Мэр сказал, что жителям обоих берегов теперь ближе до работы и рынка."
)
UK = "Міст через гирло річки відкрили першого березня. Міський голова сказав, що мешканцям обох берегів тепер ближче."
EL = "Η γέφυρα στις εκβολές του ποταμού άνοιξε την πρώτη Μαρτίου. Ο δήμαρχος είπε ότι οι κάτοικοι κερδίζουν χρόνο."
PL = "Most u ujścia rzeki otwarto pierwszego marca. Burmistrz powiedział, że mieszkańcy obu brzegów będą mieli bliżej."
CS = "Most u ústí řeky byl otevřen prvního března. Starosta řekl, že obyvatelé obou břehů to teď budou mít blíž."
FR = "Le pont de l'embouchure a été ouvert le premier mars. « Les habitants gagneront du temps », a déclaré le maire."
DE = "Die Brücke an der Mündung wurde am ersten März eröffnet. Für die Anwohner fällt ein großer Umweg weg."
TR = "Irmağın ağzındaki köprü bir Mart günü açıldı. Belediye başkanı, geçişin artık hızlı olacağını söyledi."
HE = "הגשר בשפך הנהר נפתח בראשון במרץ. ראש העיר אמר כי התושבים משתי הגדות יחסכו זמן רב בדרך לעבודה."
HI = "पुराना घाट शनिवार को बंद कर दिया गया।"
KA = "ძველი ნავმისადგომი შაბათს დაიხურა."
AR = "افتتح الجسر عند مصب النهر في أول مارس. وقال رئيس البلدية إن سكان الضفتين سيوفرون الكثير من الوقت."

WRITTEN = [
    (ZH, "gb18030"),
    (ZH, "utf-8"),
    (ZH, "utf-16-le"),
    (ZH, "utf-16-be"),
    (ZH_HANT, "cp950"),
    (ZH_HANT, "gb18030"),
    (ZH_HANT, "utf-16-be"),
    (JA, "cp932"),
    (JA, "euc_jp"),
    (JA, "utf-16-le"),
    (KO, "cp949"),
    (KO, "utf-16-le"),
    (RU, "cp1251"),
    (RU, "koi8-r"),
    (RU, "iso8859-5"),
    (RU, "cp866"),
    (UK, "cp1251"),
    (UK, "koi8-u"),
    (EL, "cp1253"),
    (EL, "iso8859-7"),
    (PL, "cp1250"),
    (PL, "iso8859-2"),
    (CS, "cp1250"),
    (CS, "iso8859-2"),
    (FR, "cp1252"),
    (DE, "cp1252"),
    (TR, "cp1254"),
    (HE, "cp1255"),
    (AR, "cp1256"),
    (AR, "iso8859-6"),
    (FR, "utf-16-le"),
    (EL, "utf-16-le"),
    (PL, "utf-16-be"),
    (AR, "utf-16-be"),
    ("A plain note in English.\r\nSecond line.", "utf-16-be"),
]


def holds(decoded: Decoded, payload: bytes) -> None:
    """The contract of every decoding, whatever the bytes."""
    text = payload[decoded.decode_skip :].decode(decoded.charset_used, "replace").removeprefix("\ufeff")
    assert decoded.text == text
    assert 0 <= decoded.decode_skip <= 3
    assert 0 <= decoded.replaced <= decoded.text.count("\ufffd")


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes without a pattern, the same every time."""
    blocks = (hashlib.sha256(f"{seed}/{i}".encode()).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


@pytest.mark.parametrize(("text", "codec"), WRITTEN)
def test_reads_what_was_written(text: str, codec: str) -> None:
    payload = text.encode(codec)
    decoded = decode(payload)
    assert decoded.text == text
    assert (decoded.decode_skip, decoded.replaced, decoded.charset_declared) == (0, 0, None)
    assert not looks_binary(payload)


@pytest.mark.parametrize(
    ("text", "codec"), [w for w in WRITTEN if w[1] in ("gb18030", "cp950", "cp932", "cp949", "utf-8")]
)
def test_a_page_that_lies_about_itself(text: str, codec: str) -> None:
    for lie in ("utf-8", "gb2312", "big5", "iso-8859-1", "no-such-charset"):
        page = f'<html><head><meta charset="{lie}"></head><body><p>{text}</p></body></html>'.encode(codec)
        decoded = decode(page, markup=True)
        assert text in decoded.text
        assert decoded.charset_declared == lie


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ZH, EL, PL, AR, HI, KA])
def test_a_wide_page_that_names_a_narrow_encoding(text: str, codec: str) -> None:
    for lie in ("utf-8", "gb2312", "windows-1252", "koi8-r"):
        page = f'<html><head><meta charset="{lie}"></head><body><p>{text}</p></body></html>'.encode(codec)
        assert text in decode(page, markup=True).text


def test_its_own_word_settles_what_letters_leave_open() -> None:
    # Letters that Latin-1 and Latin-2 have in other places, too few to judge by.
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2"><p>ne ľad</p>'.encode("iso8859-2")
    assert "ne ľad" in decode(page, markup=True).text


def test_ascii_head_and_ends_do_not_blind_it() -> None:
    script = b"var a = 1; // plain\n" * 5000
    for text, codec in ((ZH, "gb18030"), (ZH_HANT, "cp950"), (RU, "koi8-r")):
        assert text in decode(script + text.encode(codec) + script).text


@pytest.mark.parametrize("head", range(4))
@pytest.mark.parametrize("tail", range(4))
def test_cut_in_the_middle_of_a_character(head: int, tail: int) -> None:
    for text, codec in ((ZH, "gb18030"), (ZH_HANT, "cp950"), (JA, "cp932"), (ZH, "utf-8")):
        whole = (text[10:] * 3).encode(codec)
        payload = whole[head : len(whole) - tail]
        decoded = decode(payload)
        holds(decoded, payload)
        assert text[14:-4] in decoded.text
        assert decoded.text.count("\ufffd") <= 2


def test_broken_bytes_are_marked_counted_and_stop_nothing() -> None:
    payload = bytearray((ZH * 4).encode())
    for place in (100, 400, 700):
        payload[place] = 0xFF
    decoded = decode(bytes(payload))
    assert decoded.charset_used == "utf-8"
    assert decoded.replaced == decoded.text.count("\ufffd") > 0
    holds(decoded, bytes(payload))


def test_a_replacement_character_of_the_text_itself_is_not_counted() -> None:
    payload = ("说\ufffd明。" + ZH).encode() + b"\xff"
    decoded = decode(payload)
    assert decoded.text.count("\ufffd") == 2
    assert decoded.replaced == 1


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_byte_order_marks_are_obeyed_and_dropped(mark: bytes, codec: str) -> None:
    decoded = decode(mark + ZH.encode(codec))
    assert (decoded.text, decoded.charset_used) == (ZH, codec)


def test_seven_bit_encodings() -> None:
    assert decode(JA.encode("iso2022_jp")).text == JA
    assert decode("".join(c for c in ZH if c != "\n").replace(" ", "").encode("hz")).charset_used == "hz"
    assert decode(b"if a ~{ b").charset_used == "utf-8"


def test_newlines_are_untouched() -> None:
    for codec in ("utf-8", "gb18030", "utf-16-le"):
        text = f"{ZH}\r\n{ZH}\r{ZH}\n\n"
        assert decode(text.encode(codec)).text == text


def test_declared_reads_meta_and_xml() -> None:
    assert declared(b'<?xml version="1.0" encoding="GB2312"?><html>') == "gb2312"
    assert declared(b"<META content='text/html; charset=Big5' http-equiv=content-type>") == "big5"
    assert declared("<meta charset=utf-16>".encode("utf-16-le")) == "utf-16"
    assert declared(b"<p>charset=gbk</p>") is None


@pytest.mark.parametrize("size", [64, 300, 4096, 100_000])
def test_random_bytes_are_binary(size: int) -> None:
    assert all(looks_binary(noise(size, seed)) for seed in range(8))


def test_a_program_file_is_binary_and_an_empty_one_is_not() -> None:
    assert looks_binary(b"\x7fELF\x02\x01\x01" + bytes(64) + b"\x03\x00>\x00\x01" * 40)
    assert not looks_binary(b"")


@pytest.mark.timeout(120)
def test_a_large_file_in_an_old_encoding_is_judged_by_a_sample() -> None:
    payload = ((ZH + "\n") * 40_000).encode("gb18030")
    decoded = decode(payload)
    assert decoded.charset_used == "gb18030"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600), st.booleans())
def test_any_bytes_decode(payload: bytes, markup: bool) -> None:
    decoded = decode(payload, markup=markup)
    holds(decoded, payload)
    assert decode(payload, markup=markup) == decoded
    assert looks_binary(payload) in (True, False)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_utf8_is_always_read_as_such_unless_it_holds_nulls(text: str) -> None:
    if "\0" not in text and not text.startswith("\ufeff") and "\x1b" not in text and "~{" not in text:
        assert decode(text.encode()).text == text


def test_a_short_piece_cut_inside_a_character_is_text() -> None:
    for text, codec in ((ZH, "gb18030"), (ZH_HANT, "cp950"), (ZH, "utf-8")):
        payload = text.encode(codec)
        assert not [start for start in range(len(payload) - 64) if looks_binary(payload[start : start + 64])]


def test_a_detector_is_shown_more_than_an_ascii_head() -> None:
    # Letters of no language that the models know, in an encoding that has them.
    payload = b"plain head\n" * 3000 + "ჰერ ქართული".encode() + bytes(range(0x80, 0xFF)) * 3
    assert decode(payload).charset_used != "ascii"


@given(st.lists(st.one_of(st.binary(max_size=60), st.text("渡口的一а é", max_size=40).map(str.encode)), min_size=1))
def test_no_candidate_is_likelier_than_its_limit(windows: list[bytes]) -> None:
    single = limits(windows)
    for candidate in CANDIDATES:
        most = single[candidate.codec] if candidate.unit == 1 else limit(candidate, windows)
        assert likelihood(candidate, windows) <= most
