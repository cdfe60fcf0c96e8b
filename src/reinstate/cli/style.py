"""Colour, width and bars for a terminal, and plain text where there is none."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from dataclasses import dataclass

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "mark": "30;43"}
#: Lines longer than this are hard to read; a narrower terminal narrows further.
_WIDEST = 88
_NARROWEST = 32
_EIGHTHS = " ▏▎▍▌▋▊▉█"


@dataclass(frozen=True, slots=True)
class Style:
    """How to write on one stream.

    Attributes
    ----------
    colour : bool
        Escape codes may be used.
    width : int
        Columns to fill.
    blocks : bool
        The stream can show block characters.
    """

    colour: bool = False
    width: int = _WIDEST
    blocks: bool = True

    @classmethod
    def of_stdout(cls) -> Style:
        """The style of standard output: colour on a terminal, unless NO_COLOR is set."""
        terminal = sys.stdout.isatty()
        colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        columns = shutil.get_terminal_size((_WIDEST, 24)).columns if terminal else _WIDEST
        encoding = (getattr(sys.stdout, "encoding", "") or "").lower()
        return cls(colour, max(_NARROWEST, min(_WIDEST, columns)), encoding.startswith("utf"))

    def paint(self, text: str, *names: str) -> str:
        """The text in the named styles, or as it is."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"

    def bar(self, share: float, cells: int) -> str:
        """A bar of ``cells`` columns, filled to ``share``."""
        eighths = round(max(0.0, min(1.0, share)) * cells * 8)
        if not self.blocks:
            return ("#" * round(eighths / 8)).ljust(cells)
        full, rest = divmod(eighths, 8)
        return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(cells)

    def wrap(self, text: str, indent: str = "", first: str | None = None) -> str:
        """The text broken into lines of the width."""
        lead = indent if first is None else first
        return textwrap.fill(text, self.width, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)

    def heading(self, text: str, *names: str) -> str:
        """The text broken into lines of the width, each in the named styles."""
        return "\n".join(self.paint(line, *names) for line in self.wrap(text).split("\n"))


_CODE = re.compile(r"\x1b\[[0-9;]*m")


def columns_of(text: str) -> int:
    """The columns that a line fills; escape codes fill none."""
    return len(_CODE.sub("", text))


_HEADING = re.compile(r"^(#{1,3}) (.*)$")
_ITEM = re.compile(r"^(- \[ \] |- |\d+\. )(.*)$")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def render_markdown(text: str, style: Style) -> str:
    """The simple Markdown of our playbooks for a terminal: headings, lists, bold."""
    out = []
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            words = heading[2].upper() if len(heading[1]) == 2 else heading[2]
            out.append(style.heading(words, "bold", "cyan") if len(heading[1]) < 3 else style.heading(words, "bold"))
        elif item := _ITEM.match(line):
            mark = item[1].replace("- [ ] ", "☐ ").replace("- ", "• ") if style.blocks else item[1]
            out.append(_bold(style.wrap(item[2], "  " + " " * len(mark), "  " + mark), style))
        else:
            out.append(_bold(style.wrap(line), style) if line else "")
    return "\n".join(out)


def _bold(text: str, style: Style) -> str:
    # Bold may run over a line break that wrapping put in.
    return re.sub(_BOLD.pattern, lambda m: _each_line(m[1], style), text, flags=re.DOTALL)


def _each_line(words: str, style: Style) -> str:
    return "\n".join(style.paint(part, "bold") if part.strip() else part for part in words.split("\n"))
