"""Read the facts of a notice: patterns for what has a form, phrases for what has a name."""

from __future__ import annotations

import re
from datetime import date
from itertools import zip_longest
from typing import Any

from reinstate.facts.phrases import Found, PhraseFinder
from reinstate.facts.types import Deadline, Document, Facts, Metric, Policy, Span
from reinstate.resources import read_toml
from reinstate.text import Cleaned

_ASIN = re.compile(r"\bB0[0-9A-Z]{8}\b|\bB0(?=[0-9A-Z]{0,7}[Xx*])[0-9A-Zx*]{6,8}(?![\w*])")
_ORDER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")
_REFERENCE = re.compile(
    r"\b(?i:(?:complaint|case|notice|reference|ticket)(?: (?:id|number|no\.?))?)[:#\s]{1,3}"
    r"((?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{5,40})\b"  # a word of a heading in capitals holds no digit
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AMOUNT = re.compile(
    r"(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CAD|AUD|INR|JPY|MXN|AED|SAR|Rs\.?))\s?\d(?:[\d.,]{0,20}\d)?"
    r"|\b\d(?:[\d.,]{0,20}\d)?\s?(?:USD|EUR|GBP|CAD|AUD|INR|JPY|MXN|AED|SAR)\b"
)
_NUMBERS = {
    w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
}
_NUMBERS |= {"twelve": 12, "fourteen": 14, "fifteen": 15, "seventeen": 17, "thirty": 30, "sixty": 60, "ninety": 90}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>hours?|business days?|working days?|calendar days?|days?|weeks?|months?)"
_DEADLINE = re.compile(
    rf"\b(?:within(?: the)?(?: next)?|in the next|have|no later than|next|given) {_COUNT}"
    rf"(?: \(\d{{1,3}}\))?[ -]{_UNIT}\b",
    re.IGNORECASE,
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "(?:" + "|".join(f"{m[:3]}(?:{m[3:]})?" if len(m) > 3 else m for m in _MONTHS) + r")\.?"
_BY_DATE = re.compile(
    rf"\b(?:by|before|until|no later than|on or before)(?: the)? "
    rf"(?P<date>{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}})",
    re.IGNORECASE,
)
_AGE = re.compile(r"\b(\d{1,3})[ -](days?|months?)\b", re.IGNORECASE)
_FIGURE = re.compile(
    r"\d{1,4}(?:[.,]\d{1,3})?(?= ?(?:%|per ?cent\b))|(?:(?<=rating is )|(?<=ahr is )|(?<=ahr\) is ))\d{1,4}\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?i:target|under|below|less than|lower than|at least|above|over|more than|threshold|maximum|minimum|<|>|≥|≤)"
    r"[^.\n%]{0,25}?(\d{1,4}(?:[.,]\d{1,3})?) ?(?:%|per ?cent\b)"
)
_MARKETPLACE = re.compile(r"\bamazon\.((?:com?\.)?[a-z]{2,3})\b", re.IGNORECASE)

#: How far before a document's name its demand may stand, and how far after it its age, in characters.
_DEMAND_BEFORE = 400
_AGE_AROUND = 120
_FIGURE_AFTER = 120
_DAYS_OF_UNIT = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30}


def read_facts(raw: str, cleaned: Cleaned) -> Facts:
    """Read the facts of a notice.

    Parameters
    ----------
    raw : str
        The text given; every span points into it.
    cleaned : Cleaned
        The same text cleaned; what the cleaner did not read is not read here either.
    """
    rules = read_toml("facts.toml")
    end = cleaned.ends[-1] if cleaned.ends else 0
    text = raw[:end]
    finder = PhraseFinder(cleaned)
    documents = _documents(text, finder, rules)
    return Facts(
        asins=_once(_ASIN.finditer(text)),
        deadlines=_deadlines(text),
        documents=documents,
        reference_ids=_once([*_ORDER.finditer(text), *_REFERENCE.finditer(text)]),
        contacts=_once(_MAIL.finditer(text)),
        policies=_policies(text, finder, rules["policies"]),
        metrics=_metrics(text, finder, rules["metrics"]),
        amounts=_once(_AMOUNT.finditer(text)),
        complainant=next((who for who, phrases in rules["complainant"].items() if finder.has(phrases)), None),
        marketplaces=_marketplaces(text, rules["marketplaces"]),
        asks=_asks(finder, rules, documents),
    )


def _once(matches: Any) -> tuple[Span, ...]:
    """Spans in the order of the text, each wording once."""
    spans: dict[str, Span] = {}
    for match in sorted(matches, key=lambda m: m.start()):
        group = 1 if match.re.groups else 0
        spans.setdefault(match[group], Span(match[group], match.start(group), match.end(group)))
    return tuple(spans.values())


def _deadlines(text: str) -> tuple[Deadline, ...]:
    found: dict[str, Deadline] = {}
    for match in _DEADLINE.finditer(text):
        count = match["count"].lower()
        number = int(count) if count.isdigit() else _NUMBERS[count]
        unit = next(name for name in _DAYS_OF_UNIT if name in match["unit"].lower())
        days = round(number * _DAYS_OF_UNIT[unit], 3)
        found.setdefault(match[0].lower(), Deadline(match[0], match.start(), match.end(), days=days))
    for match in _BY_DATE.finditer(text):
        day = _iso_date(match["date"])
        found.setdefault(match[0].lower(), Deadline(match[0], match.start(), match.end(), date=day))
    return tuple(sorted(found.values(), key=lambda d: d.start))


def _iso_date(written: str) -> str | None:
    """The date in ISO form where the year is written too and the calendar has it; nothing is guessed."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return _calendar_date(*map(int, written.split("-")))
    month = next((n for n, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name[:3]}", written.lower())), None)
    year = re.search(r"\b\d{4}\b", written)
    day = re.search(r"\b\d{1,2}(?=st|nd|rd|th|\b)", written)
    return _calendar_date(int(year[0]), month, int(day[0])) if month and year and day else None


def _calendar_date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _documents(text: str, finder: PhraseFinder, rules: dict[str, Any]) -> tuple[Document, ...]:
    demands = sorted(found.start for found in finder.find(rules["demand"]["words"]))
    out: dict[str, Document] = {}
    for name, phrases in rules["documents"].items():
        places = sorted(_longest(finder.find(phrases)), key=lambda f: f.start)
        for place in places:
            if any(place.start - _DEMAND_BEFORE <= demand <= place.end + _AGE_AROUND for demand in demands):
                around = _same_line(text, place)
                out[name] = Document(text[place.start : place.end], place.start, place.end, name, _age(around))
                break
    return tuple(sorted(out.values(), key=lambda d: d.start))


def _same_line(text: str, place: Found) -> str:
    """What stands around a document's name on its own line: its age is stated there or nowhere."""
    begin = max(text.rfind("\n", 0, place.start) + 1, place.start - _AGE_AROUND)
    end = text.find("\n", place.end)
    return text[begin : min(end if end >= 0 else len(text), place.end + _AGE_AROUND)]


def _age(around: str) -> int | None:
    ages = [int(n) * (30 if unit.lower().startswith("month") else 1) for n, unit in _AGE.findall(around)]
    return max((age for age in ages if age >= 30), default=None)


def _longest(found: Any) -> list[Found]:
    """Of phrases that overlap, the longest."""
    kept: list[Found] = []
    for place in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(place.end <= other.start or place.start >= other.end for other in kept):
            kept.append(place)
    return kept


def _policies(text: str, finder: PhraseFinder, rules: dict[str, Any]) -> tuple[Policy, ...]:
    out = []
    for name, entry in rules.items():
        places = sorted(finder.find(entry["phrases"]), key=lambda f: (f.start, -f.end))
        if places:
            first = places[0]
            out.append(Policy(text[first.start : first.end], first.start, first.end, name, entry["reason"]))
    return tuple(sorted(out, key=lambda p: p.start))


def _metrics(text: str, finder: PhraseFinder, rules: dict[str, list[str]]) -> tuple[Metric, ...]:
    named = [(place, name) for name, phrases in rules.items() for place in finder.find(phrases)]
    named.sort(key=lambda pair: pair[0].start)
    out: dict[str, Metric] = {}
    for (place, name), following in zip_longest(named, [place for place, _ in named[1:]]):
        # What stands behind the next metric's name belongs to that one.
        stop = min(place.end + _FIGURE_AFTER, following.start if following else len(text))
        target = _TARGET.search(text, place.end, stop)
        figures = [
            _number(m[0])
            for m in _FIGURE.finditer(text, place.end, stop)
            if not target or not target.start() <= m.start() < target.end()
        ]
        if name not in out and (figures or target):
            words = text[place.start : place.end]
            aim = _number(target[1]) if target else None
            out[name] = Metric(words, place.start, place.end, name, figures[0] if figures else None, aim)
    return tuple(out.values())


def _number(written: str) -> float:
    return float(written.replace(",", "."))


def _marketplaces(text: str, names: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names[end] for m in _MARKETPLACE.finditer(text) if (end := m[1].lower()) in names))


def _asks(finder: PhraseFinder, rules: dict[str, Any], documents: tuple[Document, ...]) -> tuple[str, ...]:
    asks = [kind for kind, phrases in rules["asks"].items() if finder.has(phrases)]
    if documents:
        asks.append("documents")
    if "plan_of_action" in asks:
        strong = [p for p in rules["asks"]["plan_of_action"] if p not in rules["demand"]["weak_plan"]]
        # "prevent" alone is a purpose, not a plan, where papers are what is listed.
        if documents and not finder.has(strong):
            asks.remove("plan_of_action")
    if len(asks) > 1 and "nothing" in asks:
        asks.remove("nothing")
    return tuple(sorted(asks))
