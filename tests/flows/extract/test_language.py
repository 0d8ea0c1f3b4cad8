"""Languages told by script, and by small words where scripts do not tell."""

import pytest

from flows.extract.language import guess_language, settle


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("河口大桥三月一日上午正式通车，市长说 OK。", "zh"),
        ("河口大橋は一日午前に開通した。", "ja"),
        ("하구 대교가 일일 오전에 개통되었다", "ko"),
        ("Мост открыли первого марта, и мэр сказал это на церемонии.", "ru"),
        ("Міст відкрили першого березня, і мер сказав це на церемонії.", "uk"),
        ("Η γέφυρα άνοιξε την πρώτη Μαρτίου.", "el"),
        ("The bridge was opened on the first of March.", "en"),
        ("Most otwarto pierwszego marca i burmistrz powiedział, że jest to wielki dzień.", "pl"),
        ("Le pont est ouvert dans la ville et les habitants sont heureux.", "fr"),
        ("افتتح الجسر في أول مارس", "ar"),
        ("Zzz qqq xxx kkk", None),
        ("42", None),
    ],
)
def test_guess(text: str, language: str | None) -> None:
    assert guess_language(text) == language


def test_a_long_text_is_sampled_at_both_ends() -> None:
    assert guess_language("x " * 5000 + "河口大桥三月一日上午正式通车。" * 5000) == "zh"


PERSIAN = "صدها نفر از مردم روستا بامداد امروز در کنار رودخانه گرد آمدند"


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("fa", PERSIAN, "fa"),
        ("ur", PERSIAN, "ur"),
        ("ckb", PERSIAN, "ckb"),
        ("mr", "शेकडो गावकरी आज सकाळी नदीकाठी जमले", "mr"),
        ("yi", "די בריק איבערן טייך איז הײַנט געעפֿנט געוואָרן", "yi"),
        ("de-DE", "Die Brücke wurde am ersten März geöffnet.", "de"),
        ("de-de", "Die Brücke wurde am ersten März geöffnet.", "de"),
        ("pt_BR", "A ponte foi aberta no primeiro de março.", "pt"),
        ("sr-Latn-RS", "Most je otvoren prvog marta.", "sr-Latn"),
        ("sr", "Most je otvoren prvog marta.", "sr"),
        ("kk", "Көпір бірінші наурызда ашылды.", "kk"),
        ("iw", "הגשר נפתח בראשון במרץ", "he"),
        ("zh-CN", "河口大桥三月一日上午正式通车。", "zh"),
        ("zh-CN", "河口大橋は一日午前に開通した。", "ja"),
        ("ja", "河口大橋一日開通、市長挨拶", "ja"),
        ("en-US", "Мост открыли первого марта, и мэр сказал это на церемонии.", "ru"),
        ("ru", "The bridge was opened on the first of March.", "en"),
        ("hi", "OK", "hi"),
        ("xx", "The bridge was opened on the first of March.", "en"),
        ("{{lang}}", "The bridge was opened on the first of March.", "en"),
        (None, "The bridge was opened on the first of March.", "en"),
        (None, "2024", None),
    ],
)
def test_what_a_page_declares_stands_where_it_fits_the_script(
    declared: str | None, text: str, language: str | None
) -> None:
    assert settle(declared, text) == language
