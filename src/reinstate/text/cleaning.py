"""The one cleaner: raw text of a notice to normalised tokens, with offsets.

The text is read once, from left to right, by one pattern. What identifies nobody's reason
(ASINs, order numbers, dates, amounts, addresses) becomes a mask such as ``xasin``; words are
lowered; markup is passed over. Nothing is moved, so every token knows where it stood.

The result is a line of tokens joined by single spaces: all word and character n-grams of the
model are runs of that line, which is what lets inference find them without scikit-learn. Cleaning a
cleaned line changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

#: Characters of a text that are read; a notice is a page or two, and the rest only costs time.
MAX_CHARACTERS = 40_000

#: Numbers that stay themselves: the days, hours and ages that notices name. Others are masked.
TELLING_NUMBERS = frozenset(
    ["1", "2", "3", "5", "7", "10", "14", "17", "24", "30", "48", "60", "72", "90", "120", "180", "365"]
)

#: A reply is cut at the quoted mail below it only when it has this many words of its own.
OWN_WORDS = 25

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_CURRENCY = r"(?:USD|EUR|GBP|CAD|AUD|INR|JPY|MXN|AED|SAR|SGD|BRL|SEK|PLN|TRY|CNY|Rs\.?)"
_NOT_WHOLE = r"(?![\w@+'’-]|\.\w|:/)"

_BETWEEN = r"""[\s,.;:!?()"“”|/>]*+"""
_MARKUP = r"<[a-zA-Z/!][^<>]{0,1000}>|&(?:\#\d{1,6}|[a-zA-Z]{2,8});|\$\{[^{}\s]{0,60}\}"

# Order matters: the first alternative that fits wins, and the commonest tokens stand first, after
# the punctuation between tokens is skipped in one go. Every repetition is bounded or runs over a
# class that excludes what follows it, so that no input makes the pattern backtrack far; the last
# alternative fits always, so that what lies between tokens is passed over once and never entered.
_TOKEN = re.compile(
    rf"""
    {_BETWEEN}(?:(?:{_MARKUP}){_BETWEEN})*+
    (?:
      (?P<plain>(?!xxx)[a-z]++{_NOT_WHOLE})
    | (?P<capital>(?!{_MONTH}|Rs|Xxx)[A-Z][a-z]++{_NOT_WHOLE})
    | (?P<own>\bnum\d{{1,3}}\b)
    | (?P<url>(?i:https?://|www\.)[^\s<>"'()\[\]]{{1,2000}})
    | (?P<mail>(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,5}})
    | (?P<amazon>(?i:amazon\.(?:com?\.)?[a-z]{{2,3}})\b)
    | (?P<asin>\bB0[0-9A-Z*x]{{6,8}}(?![\w*]))
    | (?P<order>\b[\dXx*\#]{{3}}-[\dXx*\#]{{7}}-[\dXx*\#]{{7}}\b)
    | (?P<date>\b\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b
        |\b{_MONTH}\.?\ \d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\ \d{{4}}\b)?
        |\b\d{{1,2}}(?:st|nd|rd|th)?\ {_MONTH}\b(?:,?\ \d{{4}}\b)?)
    | (?P<money>[$€£¥₹]\ ?\d[\d.,]*|\b{_CURRENCY}\ ?\d[\d.,]*|\b\d[\d.,]*\ ?{_CURRENCY}\b)
    | (?P<pct>\b\d{{1,9}}(?:[.,]\d{{1,9}})?\ ?(?:%|percent\b|per\ cent\b))
    | (?P<time>\b\d{{1,2}}:\d{{2}}(?::\d{{2}})?\b)
    | (?P<mask>[xX*\#]{{3,}})
    | (?P<id>\b(?=[A-Z]*\d)[A-Z0-9]{{9,}}\b|\b\d{{7,}}\b)
    | (?P<num>\d+(?:[.,]\d+)*)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<other>[\s\S]|\Z)
    )
    """,
    re.VERBOSE,
)

_PLAIN, _CAPITAL, _OTHER = (_TOKEN.groupindex[kind] for kind in ("plain", "capital", "other"))
_MASKS = {
    "asin": "xasin",
    "order": "xorder",
    "date": "xdate",
    "money": "xmoney",
    "pct": "xpct",
    "time": "xtime",
    "mask": "xmask",
    "id": "xid",
    "amazon": "amazon",
}

_HIDDEN = re.compile(r"<(style|script|head)\b", re.IGNORECASE)
_REPLY_BELOW = re.compile(
    r"^[ \t>]*(?:-{2,}[ ]?original message[ ]?-{2,}|_{20,}[ \t]*$|on [^\n]{5,150} wrote:[ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text.

    Attributes
    ----------
    text : str
        The tokens joined by single spaces; empty where the text holds none.
    starts, ends : list of int
        For each token the half-open span of the original text that it was read from.
    truncated : bool
        True where the text was longer than :data:`MAX_CHARACTERS` and its tail was not read.
    """

    text: str
    starts: list[int] = field(repr=False)
    ends: list[int] = field(repr=False)
    truncated: bool = False

    def __len__(self) -> int:
        return len(self.starts)


def clean(raw: str) -> Cleaned:
    """Clean a text.

    Parameters
    ----------
    raw : str
        The text as pasted or read: plain text, HTML or its remains.

    Returns
    -------
    Cleaned
        The normalised tokens with their offsets into ``raw``.

    Examples
    --------
    >>> clean("Send invoices for <b>B07XYZ1234</b> within 17 days!").text
    'send invoices for xasin within num17 days'
    """
    text = raw if len(raw) <= MAX_CHARACTERS else raw[:MAX_CHARACTERS]
    if "<" in text:
        text = _blank_hidden(text)
    end = _end_of_own_words(text)
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKEN.finditer(text, 0, end):
        group = match.lastindex or 0
        if group == _OTHER:
            continue
        token = match[group]
        start = match.start(group)
        starts.append(start)
        ends.append(start + len(token))
        # The two commonest kinds are dealt with here, without a call.
        if group == _CAPITAL:
            token = token.lower()
        elif group != _PLAIN:
            token = _token(match.lastgroup or "", token)
        tokens.append(token)
    return Cleaned(" ".join(tokens), starts, ends, len(raw) > MAX_CHARACTERS)


def _token(kind: str, found: str) -> str:
    if kind == "word":
        return _word(found)
    if kind == "num":
        return f"num{found}" if found in TELLING_NUMBERS else "xnum"
    if kind == "url":
        return "xurlamazon" if "amazon" in found.lower() else "xurl"
    if kind == "mail":
        return _mail(found)
    return found if kind == "own" else _MASKS[kind]


def _word(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = (_letters(part) for part in word.replace("’", "'").split("'"))
    token = "'".join(filter(None, parts)) or "x"
    return _MASKS["mask"] if token.startswith("xxx") else token


def _letters(text: str) -> str:
    """The letters of a text, lowered; full-width and ligature forms fold to plain ones.

    A fold may hold white space or punctuation; a token must not, or the line of tokens could not
    be split again.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return "".join(filter(str.isalpha, folded))


def _mail(address: str) -> str:
    name, _, domain = address.partition("@")
    # Amazon's own mailboxes tell who wrote (notice-dispute@, copyright@); others are private.
    return f"xmail{_letters(name)}" if "amazon" in domain.lower() else "xmail"


def _blank_hidden(text: str) -> str:
    """Blank style sheets, scripts and heads, keeping every offset."""
    parts: list[str] = []
    position = 0
    lowered: str | None = None
    while match := _HIDDEN.search(text, position):
        lowered = lowered if lowered is not None else _lower_same_length(text)
        close = lowered.find(f"</{match.group(1).lower()}", match.end())
        if close < 0:
            break
        parts.append(text[position : match.start()])
        parts.append(" " * (close - match.start()))
        position = close
    parts.append(text[position:])
    return "".join(parts)


def _lower_same_length(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower()[:1] for c in text)


def _end_of_own_words(text: str) -> int:
    """Where the quoted mail below a reply begins, or the end of the text."""
    for match in _REPLY_BELOW.finditer(text):
        if len(text[: match.start()].split()) >= OWN_WORDS:
            return match.start()
    return len(text)
