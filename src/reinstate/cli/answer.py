"""The answer to one notice, as one wants to read it on the worst day of the year.

Verdict first, then how sure, the words that say so, what Amazon wants, and the first day.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from reinstate.cli.style import Style, columns_of
from reinstate.diagnosis import Diagnosis
from reinstate.playbooks import load_playbook, playbook_names
from reinstate.resources import read_toml
from reinstate.taxonomy import Taxonomy, default_taxonomy
from reinstate.text.language import language_name

_BAR = 20
#: Lines of a notice shown around its telling words.
_MOST_LINES = 12
_MOST_SURE_CANDIDATES = 3
_LINE_CUT = 300
#: A candidate less probable than this share of the best one, or than this at all, is not worth a line.
_FAINT = 0.1
_WORTH_A_LINE = 0.03
_ALMOST = 0.99
_BELOW = "    "
#: What a notice may hold that a terminal would obey instead of show.
_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()}
_CODE_OR_LETTER = re.compile(r"\x1b\[[0-9;]*m|.", re.DOTALL)
_RESET = "\x1b[0m"


def render_answer(
    answer: Diagnosis, text: str, style: Style, *, whole: bool = False, taxonomy: Taxonomy | None = None
) -> str:
    """Render a diagnosis for a terminal or a pipe.

    Parameters
    ----------
    answer : Diagnosis
    text : str
        The text it was given for.
    style : Style
    whole : bool
        Show the whole notice with its telling words, not only the lines that hold them.
    """
    taxonomy = taxonomy or default_taxonomy()
    parts = [_verdict(answer, style, taxonomy)]
    if answer.is_notice or answer.unsure:
        parts.append(_candidates(answer, style, taxonomy))
    if answer.unsure and answer.why_unsure == "close":
        parts.append(_apart(answer, style, taxonomy))
    if answer.is_notice and answer.why_unsure in (None, "close", "unnamed"):
        parts += [_wanted(answer, style), _words(answer, text, style, whole)]
        parts.append(_first_day(answer, style))
    parts.append(_closing(answer, style))
    return "\n\n".join(part for part in parts if part)


@cache
def _sentences() -> dict[str, Any]:
    return read_toml("answers.toml")


def _verdict(answer: Diagnosis, style: Style, taxonomy: Taxonomy) -> str:
    say = _sentences()
    if answer.why_unsure == "language":
        return style.wrap(say["why_unsure"]["language"].format(language=language_name(answer.language)))
    if answer.why_unsure in ("short", "foreign"):
        return style.paint("Unsure.", "bold", "yellow") + "\n" + style.wrap(say["why_unsure"][answer.why_unsure])
    if not answer.is_notice and not answer.unsure:
        return (
            _beside(
                style.heading(say["words"]["not_a_notice"], "bold", "green"),
                " ",
                f"({_percent(answer.probability)})",
                style,
            )
            + "\n"
            + style.wrap(say["words"]["not_a_notice_more"])
        )
    stage = taxonomy.stages[answer.stage.name]
    if answer.unsure:
        guess = style.heading(_stage(stage.title, answer), "dim")
        head = _beside(style.paint("Unsure", "bold", "yellow"), style.paint(" · ", "dim"), guess, style)
        return head + "\n" + style.wrap(say["why_unsure"][answer.why_unsure or "close"])
    title = style.heading(taxonomy.title_of(answer.reason), "bold", "red")
    sure = style.paint(_percent(answer.probability), "bold") + " sure"
    category = taxonomy.categories.get(answer.category, answer.category)
    under = f"{category} · {_stage(stage.title, answer)}"
    return _beside(title, "  ", sure, style) + "\n" + style.heading(under, "dim")


def _beside(left: str, gap: str, right: str, style: Style) -> str:
    """Two pieces in one line, or one below the other where the terminal is too narrow for that."""
    return left + (gap if columns_of(left + gap + right) <= style.width else "\n") + right


def _stage(title: str, answer: Diagnosis) -> str:
    return f"{title} ({_percent(answer.stage.probability)})"


def _candidates(answer: Diagnosis, style: Style, taxonomy: Taxonomy) -> str:
    if answer.why_unsure not in (None, "close", "unnamed"):
        return ""
    least = max(_FAINT * answer.probability, _WORTH_A_LINE)
    shown = [c for c in answer.candidates[:_MOST_SURE_CANDIDATES] if c.probability >= least]
    cells = min(_BAR, max(6, style.width - 46))
    lines = []
    for c in shown:
        bar = f"  {style.paint(style.bar(c.probability, cells), 'cyan')} {_percent(c.probability):>6}"
        title = taxonomy.title_of(c.reason)
        beside = f"{bar}  {title}"
        lines.append(beside if columns_of(beside) <= style.width else f"{bar}\n{style.wrap(title, _BELOW)}")
    return "\n".join(lines)


def _apart(answer: Diagnosis, style: Style, taxonomy: Taxonomy) -> str:
    """What tells the candidates from one another, from their playbooks."""
    names = [c.reason for c in answer.candidates[:3]]
    lines = []
    for name in names:
        if name not in playbook_names():
            continue
        for other, words in load_playbook(name).tell_apart.items():
            if other in names:
                pair = f"{taxonomy.title_of(name)}, not {taxonomy.title_of(other)}:"
                lines.append(style.wrap(f"{pair} {words}", "    ", "  - "))
    return "\n".join(lines)


def _wanted(answer: Diagnosis, style: Style) -> str:
    say = _sentences()
    lines = []
    if answer.asks:
        wanted = "; ".join(say["asks"].get(kind, kind) for kind in answer.asks)
        lines.append(style.wrap(wanted, " " * 15, "  It asks for:  "))
    facts = answer.facts
    if facts.documents:
        papers = [
            d.name.replace("_", " ") + (f" (at most {d.max_age_days} days old)" if d.max_age_days else "")
            for d in facts.documents
        ]
        lines.append(style.wrap(", ".join(papers), " " * 15, "  Papers:       "))
    due = ", ".join(f"“{' '.join(d.text.split())}”" for d in facts.deadlines) or say["words"]["no_deadline"]
    lines.append(style.wrap(due, " " * 15, "  By when:      "))
    if facts.asins:
        asins = ", ".join(a.text for a in facts.asins[:8]) + (" …" if len(facts.asins) > 8 else "")
        lines.append(style.wrap(asins, " " * 15, "  ASINs:        "))
    return style.paint("What it wants", "bold") + "\n" + "\n".join(lines)


def _words(answer: Diagnosis, text: str, style: Style, whole: bool) -> str:
    """The notice, or the lines of it that say so, with the telling words marked."""
    if not answer.evidence:
        return ""
    text = text.translate(_CONTROLS)
    spans = sorted((e.start, e.end) for e in answer.evidence)
    marked: list[tuple[str, float]] = []
    position = 0
    for line in text.splitlines(keepends=True):
        inside = [
            (max(s, position), min(e, position + len(line)))
            for s, e in spans
            if s < position + len(line) and e > position
        ]
        weight = sum(e.weight for e in answer.evidence if position <= e.start < position + len(line))
        marked.append((_mark(text, position, line, inside, style), weight))
        position += len(line)
    if whole:
        shown = [line for line, _ in marked]
    else:
        heaviest = sorted(range(len(marked)), key=lambda i: -marked[i][1])[:_MOST_LINES]
        shown = [marked[i][0] for i in sorted(heaviest) if marked[i][1] > 0]
    lines = [_wrapped(line, style) for line in shown]
    return style.paint("The words that say so", "bold") + "\n" + "\n".join(lines)


def _mark(text: str, position: int, line: str, spans: list[tuple[int, int]], style: Style) -> str:
    end = position + len(line.rstrip())
    cut = ""
    if len(line) > _LINE_CUT and spans:  # a notice without line breaks: keep what stands around the words
        first, last = max(position, spans[0][0] - 80), min(end, spans[-1][1] + 80)
        cut = "… " if first > position else ""
        position, end = first, last
    out, at = [cut], position
    for start, stop in spans:
        begin, stop = max(start, at), min(stop, end)
        if begin < stop:
            words = text[begin:stop]
            out += [text[at:begin], _highlight(words, style)]
            at = stop
    out.append(text[at:end])
    return "".join(out)


def _highlight(words: str, style: Style) -> str:
    # Word by word, so that wrapping cannot tear an escape code apart.
    if not style.colour:
        return f"«{words.strip()}»"
    return " ".join(style.paint(word, "mark") if word else "" for word in words.split(" "))


def _wrapped(line: str, style: Style) -> str:
    """Wrap a line whose words may carry escape codes, which take no room."""
    lead = "  │ " if style.blocks else "  | "
    rows: list[str] = []
    row: list[str] = []
    used = 0
    room = style.width - len(lead)
    for word in (piece for whole in line.split() for piece in _pieces(whole, room)):
        length = columns_of(word)
        if row and used + 1 + length > room:
            rows.append(" ".join(row))
            row, used = [], 0
        row.append(word)
        used += length + (1 if used else 0)
    rows.append(" ".join(row))
    return "\n".join(style.paint(lead, "dim") + row for row in rows)


def _pieces(word: str, room: int) -> list[str]:
    """A word cut so that each piece fits into the room; a mark that is cut goes on in the next piece."""
    if columns_of(word) <= room:
        return [word]
    pieces: list[str] = []
    piece, mark, used = "", "", 0
    for part in _CODE_OR_LETTER.findall(word):
        if part.startswith("\x1b"):
            mark = "" if part == _RESET else part
        elif used == room:
            pieces.append(piece + (_RESET if mark else ""))
            piece, used = mark, 0
        piece += part
        used += not part.startswith("\x1b")
    return [*pieces, piece]


def _first_day(answer: Diagnosis, style: Style) -> str:
    if answer.unsure or answer.playbook is None:
        return ""
    if answer.playbook not in playbook_names():
        return style.wrap(_sentences()["words"]["no_playbook"].format(reason=answer.playbook))
    book = load_playbook(answer.playbook)
    lines = [style.paint("What decides", "bold"), style.wrap(book.summary, "  "), ""]
    if book.specialist:
        lines += [style.wrap(f"This wants a lawyer or specialist. {book.specialist}", "  "), ""]
    lines += [style.paint("The answer that is wanted", "bold"), style.wrap(book.answer, "  "), ""]
    lines.append(style.paint("The first day", "bold"))
    for number, item in enumerate(book.first_day, 1):
        lines.append(style.wrap(item["do"], "     ", f"  {number}. "))
    return "\n".join(lines)


def _closing(answer: Diagnosis, style: Style) -> str:
    say = _sentences()["words"]
    lines = []
    if answer.truncated:
        lines.append(style.wrap(say["truncated"]))
    if answer.is_notice and answer.why_unsure in (None, "close", "unnamed"):
        names = [answer.reason] if not answer.unsure else [c.reason for c in answer.candidates[:2]]
        commands = [f"reinstate playbook {name}" for name in names if name != default_taxonomy().not_a_notice]
        if answer.why_unsure == "unnamed":
            commands = ["reinstate reasons"]
        lines.append(style.wrap(f"Read on: {' · '.join(commands)}", "  "))
        lines.append(style.wrap(say["not_checked"]))
    lines.append(style.wrap(f"{say['disclaimer']} Model {answer.model}."))
    return "\n".join(style.paint(line, "dim") for part in lines for line in part.split("\n"))


def _percent(share: float) -> str:
    # A rounded 100 % would claim what no estimate can.
    return "> 99 %" if share > _ALMOST else f"{share * 100:.0f} %"
