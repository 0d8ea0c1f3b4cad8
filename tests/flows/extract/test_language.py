"""Languages told by script, and by small words where scripts do not tell."""

import pytest

from flows.extract.language import guess_language


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
