"""Texts with every sort of damage that the rules know, and some that they must leave alone."""

from __future__ import annotations

from hypothesis import strategies as st

MOJIBAKE = "自三月起，渡船每日两班。".encode().decode("latin-1"), "渡船每日两班".encode("gb2312").decode("latin-1")

FRAGMENTS = (
    *(
        "自三月起",
        "，",
        "渡船",
        "。",
        "每日两班",
        "江海社",
        "（",
        "）",
        "　",
        "　　",
        " ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\u2028",
        "\xa0",
    ),
    *("ferry", "a", "I", "12", "½", "ﬁ", "Ａ", "é", "e\u0301", "\u0301", "각", "\u1100\u1161\u11a8", "ᄀ", "か\u3099"),
    *("&amp;", "&nbsp;", "&lt;p&gt;", "&#20013;", "&#0;", "&#xD800;", "&bogus;", "&", "&amp;amp;", ";"),
    *(
        "\x00",
        "\x07",
        "\x7f",
        "\x85",
        "\x9f",
        "\ufffe",
        "\ufffd",
        "\u200b",
        "\u200d",
        "\u200e",
        "\ufeff",
        "\xad",
        "👩\u200d👧",
        "\x1b[31m",
        "\x1b]0;x\x07",
        "\x1b",
    ),
    *("**", "*", "_", "`", "~~", "[", "](", ")", "![", "<b>", "</b>", "# ", "> ", "- ", "\\*", "http://a.example/b(c)"),
    *MOJIBAKE,
    *(
        "\u0958",
        "\u2126",
        "\uf900",
        "\u0344",
        "\u1d15e",
        "\U0001d15e",
        "مرحبا\u200cبك",
        "ไทย",
        "ב\u05bc\u05b0",
        "\u05b0\u05bc",
    ),
    " " * 50,
    "\x00" * 45,
    "\u200b" * 41,
)
"""Joined in any order, these touch, nest and break one another."""

TEXTS = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(codec="utf-8"), max_size=3)), max_size=8).map(
        "".join
    ),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
