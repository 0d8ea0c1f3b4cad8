"""Formulas in MathML as a line of text.

The layout of presentation MathML (W3C, "MathML Core") is written as on one line: powers and indices as raised and
lowered digits where there are any, fractions with a slash, roots with their sign.
"""

from __future__ import annotations

import re

from lxml import etree

_UP = dict(zip("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ", strict=True))
_DOWN = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))
_SPACED = frozenset("=<>≤≥≈≠≡∼≃≅∝→←⇒⇔↦∈∉⊂⊆⊃∪∩+−-±×·÷∗*|:")
_SIGNS = frozenset("+−-±")
_INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b\u00a0"), " ")
_SIMPLE = re.compile(r"[\w.′″]+|\([^()]*\)|[^\W\d_]+[′″]*")
_SPACE = re.compile(r"\s+")
MAX_DEPTH = 60
"""Deeper formulas are read letter by letter."""


def linear(node: etree._Element) -> str:
    """The text of a `math` element; its `alttext` where it has no content."""
    text = _SPACE.sub(" ", _of(node, 0).translate(_INVISIBLE)).strip()
    return text or (node.get("alttext") or "").strip()


def _name(node: etree._Element) -> str:
    return node.tag.rpartition(":")[2].lower() if isinstance(node.tag, str) else ""


def _children(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _row(nodes: list[etree._Element], depth: int) -> str:
    """Elements side by side: a space round operators between two operands, and between two words."""
    out = ""
    operand = False
    for node in nodes:
        piece = _of(node, depth)
        if not piece:
            continue
        bare = piece.strip()
        if _name(node) == "mo" and bare in _SPACED and operand and bare not in ("|", ":", "*"):
            out = f"{out.rstrip()} {bare} "
            operand = False
            continue
        if _name(node) == "mo" and bare in (",", ";"):
            out += f"{bare} "
        else:
            glue = out[-1:].isalpha() and bare[:1].isalpha() and (len(bare) > 1 or len(_TAIL.search(out)[0]) > 1)  # type: ignore[index]
            out += f" {piece}" if glue and not out.endswith(" ") else piece
        operand = bare not in ("(", "[", "{", ",", ";") and not (bare in _SIGNS and _name(node) == "mo")
    return out


_TAIL = re.compile(r"[^\W\d_]+\Z")


def _group(text: str) -> str:
    """A part of a formula in brackets where it is more than one sign."""
    text = text.strip()
    return text if len(text) <= 1 or _SIMPLE.fullmatch(text) else f"({text})"


def _script(text: str, signs: dict[str, str], mark: str) -> str:
    text = text.strip()
    bare = "".join(text.split())
    if bare and all(char in signs for char in bare):
        return "".join(signs[char] for char in bare)
    if bare in ("′", "″", "‴", "∗", "*", "†", "∘", "°"):
        return bare
    return f"{mark}{text}" if len(text) <= 1 else f"{mark}({text})" if text else ""


def _of(node: etree._Element, depth: int) -> str:
    name = _name(node)
    if depth > MAX_DEPTH:
        return "".join(map(str, node.itertext()))
    depth += 1
    below = _children(node)
    if name in ("annotation", "annotation-xml", "maction", "mphantom", "mprescripts", "none", "script", "style"):
        return _of(below[0], depth) if name == "maction" and below else ""
    if name == "semantics":
        return _of(below[0], depth) if below else node.text or ""
    if name == "mspace":
        return " "
    if name == "ms":
        return f'"{node.text or ""}"'
    if not below:
        return _SPACE.sub(" ", node.text or "")
    parts = [_of(child, depth) for child in below]
    if name == "mfrac" and len(parts) == 2:
        return f"{_group(parts[0])}/{_group(parts[1])}"
    if name == "msqrt":
        return f"√{_group(_row(below, depth))}"
    if name == "mroot" and len(parts) == 2:
        return f"{_script(parts[1], _UP, '')}√{_group(parts[0])}"
    if name in ("msup", "mover") and len(parts) == 2:
        return parts[0].strip() + _script(parts[1], _UP, "^")
    if name in ("msub", "munder") and len(parts) == 2:
        return parts[0].strip() + _script(parts[1], _DOWN, "_")
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0].strip() + _script(parts[1], _DOWN, "_") + _script(parts[2], _UP, "^")
    if name == "mmultiscripts":
        return "".join(parts)
    if name == "mtable":
        return "; ".join(part.strip() for part in parts)
    if name in ("mtr", "mlabeledtr"):
        return ", ".join(part.strip() for part in parts)
    if name == "mfenced":
        inner = ", ".join(part.strip() for part in parts)
        return f"{node.get('open', '(')}{inner}{node.get('close', ')')}"
    return _row(below, depth)
