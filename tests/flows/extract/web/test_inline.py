"""Text inside a paragraph that is more than its letters: notes, powers, readings, formulas, elements that touch."""

from __future__ import annotations

import pytest

from flows.extract.html import read, root_of
from tests.flows.extract.web.test_cut import blocks

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="k">{}</math>'
HIDDEN_COPY = (
    '<span class="katex"><span class="katex-mathml">{}</span><span class="katex-html" aria-hidden="true"><span>k</span>'
    "<span>=1.27</span></span></span>"
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('up to 1,250<sup><a href="#n1">1</a></sup> marks', "up to 1,250 marks"),
        ('im Jahr 1998<a href="#fn2"><sup>2</sup></a>.', "im Jahr 1998."),
        ('в 1998 году<sup class="reference"><a href="/a#cite_note-3">[3]</a></sup>', "в 1998 году"),
        ('共900<sup id="ref_4">[4]</sup>人', "共900人"),
        ('900<sup class="footnote-ref"><a href="#f" id="r">*</a></sup> boats', "900 boats"),
        ("3×10<sup>8</sup> m/s and 10<sup>&minus;3</sup>", "3×10⁸ m/s and 10⁻³"),
        ("12<sup>1</sup>/<sub>2</sub> m<sup>2</sup> of CO<sub>2</sub>", "12¹/₂ m² of CO₂"),
        ("x<sup>2k</sup> + 2<sup>n</sup>", "x^(2k) + 2ⁿ"),
        (
            "the 1<sup>st</sup>, the 3<sup>e</sup>, M<sup>lle</sup> Ardel, Tidal<sup>®</sup>",
            "the 1st, the 3e, Mlle Ardel, Tidal®",
        ),
        ("<sup>a whole line is set small, as old pages do</sup>", "a whole line is set small, as old pages do"),
    ],
)
def test_a_note_is_left_out_and_a_power_is_no_digit(markup: str, text: str) -> None:
    assert blocks(f"<p>{markup}</p>").texts == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ruby>港<rt>みなと</rt></ruby>の<ruby>町<rp>（</rp><rt>まち</rt><rp>）</rp></ruby>", "港の町"),
        ("<ruby>日<rt>に<rb>本<rt>ほん</ruby>の<ruby>港<rp>(<rt>みなと<rp>)</ruby>", "日本の港"),
        ("<ruby><rb>臺</rb><rb>灣</rb><rtc><rt>ㄊㄞˊ</rt><rt>ㄨㄢ</rt></rtc></ruby>的渡船", "臺灣的渡船"),
    ],
)
def test_a_reading_is_no_part_of_the_text(markup: str, text: str) -> None:
    assert blocks(f"<p>{markup}</p>").texts == [text]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<mi>h</mi><mo>=</mo><mi>a</mi><mi>cos</mi><mi>ω</mi><mi>t</mi>", "h = a cos ωt"),
        ("<mn>2</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "2 × 10⁻³"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a + b)/2"),
        ("<msqrt><mi>x</mi></msqrt><mo>≤</mo><msub><mi>x</mi><mn>0</mn></msub>", "√x ≤ x₀"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup><mo>,</mo><mo>−</mo><mn>4</mn>", "x_i², −4"),
        ("<semantics><mrow><mi>k</mi></mrow><annotation>k=1</annotation></semantics>", "k"),
        ("<mtext>if </mtext><mi>x</mi><mo>&gt;</mo><mn>0</mn>", "if x > 0"),
        ("", "k"),
    ],
)
def test_a_formula_stands_where_it_stood(inside: str, text: str) -> None:
    formula = MATHML.format(inside)
    assert blocks(f"<p>Let {formula}, then.</p>").texts == [f"Let {text}, then."]
    assert blocks(f"<p>Let {HIDDEN_COPY.format(formula)}, then.</p>").texts == [f"Let {text}, then."]


def test_a_formula_that_only_a_script_or_a_picture_holds_is_read() -> None:
    page = blocks(
        '<p>Let <script type="math/tex">k=2</script> and <img class="tex" alt="\\omega t" src="a.png">, not '
        '<img alt="a boat" src="b.png">.</p>'
    )
    assert page.texts == ["Let k=2 and \\omega t, not ."]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            '<span class="author">Emmet White</span><span class="date">Updated 6 June</span>',
            "Emmet White Updated 6 June",
        ),
        (
            "<span>Nell Quarry</span><span>Jun 6, 2024</span><span>4 min read</span>",
            "Nell Quarry Jun 6, 2024 4 min read",
        ),
        ('<a href="/q">Nell Quarry</a><time>6 June</time>', "Nell Quarry 6 June"),
        ('<span class="src">石桥日报</span><span class="tm">2024-06-06</span>', "石桥日报 2024-06-06"),
        ('<a href="/politik">politik</a><a href="/hafen">hafen</a>', "politik hafen"),
        (
            '<b>N</b>ell went <span class="x">H</span><span class="y">2</span>O, Mc<i>Dougal</i>',
            "Nell went H2O, McDougal",
        ),
        (
            "<span>You</span><b>Tube</b> un<em>believ</em>able <span>re</span><span>turn</span>",
            "YouTube unbelievable return",
        ),
        ("两<span lang=EN-US>2024</span><span>年</span>", "两2024年"),
    ],
)
def test_elements_that_touch_are_apart_where_styles_set_them_so(markup: str, text: str) -> None:
    assert blocks(f"<p>{markup}</p>").texts == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("两百多名\n学生，\r\n  挑选书，“好\n看”", "两百多名学生，挑选书，“好看”"),
        ("図書館の\n本を、\nカタカナ\nで", "図書館の本を、カタカナで"),
        ("한국어는\n띄어 쓴다", "한국어는 띄어 쓴다"),
        ("words are\nparted, 汉字\nand words", "words are parted, 汉字 and words"),
    ],
)
def test_a_line_wrapped_between_ideographs_has_no_space(markup: str, text: str) -> None:
    assert blocks(f"<p>{markup}</p>").texts == [text]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<pre>\n  if a:\n\n    b()\n</pre>", "  if a:\n\n    b()"),
        ("<pre><code><div>a = 1</div><div>    b</div><div></div><div>c</div></code></pre>", "a = 1\n    b\n\nc"),
        ("<pre>a<br>  b<br/>c</pre>", "a\n  b\nc"),
        ('<pre><span class="lineno">1</span>a\n<span class="lineno">2</span>  b</pre>', "a\n  b"),
        ("<pre><span>    </span><span>x</span>(<b>y</b>Z)</pre>", "    x(yZ)"),
        ("<table><tr><td><pre>1\n2\n3</pre></td><td><pre>a\n\nb</pre></td></tr></table>", "a\n\nb"),
        ("<xmp><b>x</b>\n y</xmp>", "<b>x</b>\n y"),
    ],
)
def test_a_listing_keeps_its_lines_and_loses_their_numbers(markup: str, text: str) -> None:
    assert blocks(markup).texts == [text]


def test_listings_reach_the_article_as_they_stand_and_prose_set_so_is_prose() -> None:
    said = "The gauge in the mill race reports over a serial line, and a short script reads it once a minute, they say."
    page = f"<title>Gauge</title><h1>Gauge</h1><p>{said}</p><pre>for n in r:\n\n    read(n)\n</pre><p>{said} Again.</p>"
    found = {b.text: b for b in read(page.encode(), {}).blocks}
    listing = found["for n in r:\n\n    read(n)"]
    assert (listing.article, listing.flags) == (0, ("preformatted",))
    prose = read(f"<title>Gauge</title><h1>Gauge</h1><pre>{said}\nIt is so.\n</pre>".encode(), {}).blocks
    assert [b.flags for b in prose] == [()] * len(prose)


def test_selectors_of_changed_text_lead_to_its_element() -> None:
    page = "<p>3×10<sup>8</sup> and <math><mi>k</mi></math></p><p>plain</p>"
    root = root_of(page)
    assert root is not None
    assert [root.xpath(selector)[0].tag for selector in blocks(page).selectors()] == ["p", "p"]
