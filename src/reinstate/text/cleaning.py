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

# A plain word that is not the beginning of anything else: a date, a mask, an address.
_WORD = rf"(?!xxx|Xxx|{_MONTH}\b|Rs\b)[A-Za-z][a-z]*+{_NOT_WHOLE}"

# Order matters: the first alternative that fits wins. Runs of plain words, most of any text, stand
# first and are taken in one go, as is the punctuation between tokens. Every repetition is bounded or runs over a
# class that excludes what follows it, so that no input makes the pattern backtrack far; the last
# alternative fits always, so that what lies between tokens is passed over once and never entered.
_TOKEN = re.compile(
    rf"""
    {_BETWEEN}(?:(?:{_MARKUP}){_BETWEEN})*+
    (?:
      (?P<run>{_WORD}(?:\ {_WORD})*+)
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

_RUN, _OTHER = _TOKEN.groupindex["run"], _TOKEN.groupindex["other"]
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


class Cleaned:
    """A cleaned text.

    Attributes
    ----------
    text : str
        The tokens joined by single spaces; empty where the text holds none.
    truncated : bool
        True where the text was longer than :data:`MAX_CHARACTERS` and its tail was not read.
    """

    __slots__ = ("_pieces", "_spans", "text", "truncated")

    def __init__(self, text: str, pieces: list[tuple[str, int, int]], truncated: bool) -> None:
        self.text = text
        self.truncated = truncated
        self._pieces = pieces
        self._spans: tuple[list[int], list[int]] | None = None

    def __len__(self) -> int:
        return self.text.count(" ") + 1 if self.text else 0

    def __repr__(self) -> str:
        return f"Cleaned({self.text!r})"

    @property
    def starts(self) -> list[int]:
        """For each token the first position of the original text that it was read from."""
        return self._located()[0]

    @property
    def ends(self) -> list[int]:
        """For each token the position past the last that it was read from."""
        return self._located()[1]

    def _located(self) -> tuple[list[int], list[int]]:
        # Only answers that show words need places; a batch of other mail never asks.
        if self._spans is None:
            starts: list[int] = []
            ends: list[int] = []
            for piece, start, end in self._pieces:
                if " " not in piece:
                    starts.append(start)
                    ends.append(end)
                    continue
                at = start
                for word in piece.split(" "):
                    starts.append(at)
                    ends.append(at + len(word))
                    at += len(word) + 1
            self._spans = starts, ends
        return self._spans


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
    pieces: list[tuple[str, int, int]] = []
    for match in _TOKEN.finditer(text, 0, end):
        group = match.lastindex or 0
        if group == _OTHER:
            continue
        start, stop = match.span(group)
        # Runs of plain words are dealt with here, without a call: they are most of any text.
        found = text[start:stop]
        pieces.append((found.lower() if group == _RUN else _token(match.lastgroup or "", found), start, stop))
    return Cleaned(" ".join([piece for piece, _, _ in pieces]), pieces, len(raw) > MAX_CHARACTERS)


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
