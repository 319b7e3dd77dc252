"""Formulas as MathML, which browsers draw by themselves.

So a page needs neither a script nor a font of its own, and no network. pymdownx.arithmatex finds
the formulas, `$...$` within a line and `$$...$$` as a paragraph, and marks them; here each becomes
what a browser understands.
"""

import html
import re
from typing import Any

from latex2mathml.converter import convert

_MARKED = re.compile(r'class="arithmatex">\\([(\[])(.*?)\\[)\]]<', re.DOTALL)
# A function by name: t log p needs room on both sides, max(a, b) none before the parenthesis.
_FUNCTION = re.compile(r"<m[io]>([A-Za-z]{2,})</m[io]>(?=(<mo stretchy)?)")


def on_page_content(content: str, **_: Any) -> str:
    """The page with MathML in place of LaTeX."""
    return _MARKED.sub(_as_mathml, content)


def _as_mathml(marked: re.Match[str]) -> str:
    display = "block" if marked[1] == "[" else "inline"
    formula = convert(html.unescape(marked[2]), display=display)
    return f'class="formula">{_FUNCTION.sub(_spaced, formula)}<'


def _spaced(function: re.Match[str]) -> str:
    behind = "0" if function[2] else "0.17em"
    return f'<mo lspace="0.17em" rspace="{behind}">{function[1]}</mo>'
