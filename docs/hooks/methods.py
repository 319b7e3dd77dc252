"""The methods by name, put into the page that lists them from what the program itself knows.

A page says where: <!-- methods optimizers --> becomes the optimizers, each a line that opens to the
whole docstring. So the page can't go stale.
"""

import html
import re
from typing import Any

from mkdocs.exceptions import PluginError

from chainrule.cli.methods import Method, MethodKind, method_kinds

_ASKED = re.compile(r"<!-- methods (\w+) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page with lists in place of the marks."""
    if not _ASKED.search(markdown):
        return markdown
    known = method_kinds()
    if missing := set(known) - set(_ASKED.findall(markdown)):
        raise PluginError(f"methods: no mark for {', '.join(sorted(missing))}; add one for each")
    return _ASKED.sub(lambda asked: _listed(known[asked[1]]), markdown)


def _listed(kind: MethodKind) -> str:
    return "\n\n".join([f"`{kind.use}`", *map(_told, kind.methods.values())])


def _told(method: Method) -> str:
    settings = f"\n\nSettings: {', '.join(method.settings)}" if method.settings else ""
    # Python-Markdown leaves HTML alone, but not a blank line within <pre>.
    text = html.escape(method.text + settings).replace("\n\n", "\n&nbsp;\n")
    line = f"<code>{method.name}</code> {html.escape(method.sentence)}"
    return f'<details class="method"><summary>{line}</summary><pre>{text}</pre></details>'
