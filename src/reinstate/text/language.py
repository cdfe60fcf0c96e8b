"""Which language a text is written in: enough to know what the model can answer.

Not a general language identifier: packages for that take longer to load than a whole answer
of ours. It separates English from the languages that Amazon writes to sellers in.
"""

from __future__ import annotations

from functools import cache

from reinstate.resources import read_toml
from reinstate.text.cleaning import Cleaned

#: Name for "cannot say" (ISO 639-2).
UNDETERMINED = "und"
#: Share of letters in a foreign script from which that script decides.
_SCRIPT_SHARE = 0.2
_FIRST_FOREIGN = "\u0370"
#: Words read; the start of a text says its language.
_WORDS_READ = 400
#: A text in Latin letters has to hold this many known words before a language is named.
_LEAST_WORDS = 2


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in read_toml("languages.toml")["words"].items()}


def detect_language(cleaned: Cleaned) -> str:
    """Name the language of a cleaned text.

    Returns
    -------
    str
        An ISO 639-1 code, or ``"und"`` where the text is too short or unlike any known one.
    """
    line = cleaned.text
    if not line.isascii():
        script = _script(line[:4000])
        if script:
            return script
    words = set(line.split(" ", _WORDS_READ)[:_WORDS_READ])
    counts = {code: len(words & known) for code, known in _word_lists().items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    if counts[best] < min(_LEAST_WORDS, max(1, len(words) // 4)):
        return UNDETERMINED
    return best


def language_name(code: str) -> str:
    """The English name of a language code, or the code itself."""
    return str(read_toml("languages.toml")["names"].get(code, code))


def _script(line: str) -> str | None:
    # Nothing below the Greek block decides here, and most texts hold nothing above it.
    foreign = [ord(c) for c in line if c >= _FIRST_FOREIGN and c.isalpha()]
    if not foreign:
        return None
    letters = sum(map(str.isalpha, line))
    for code, ranges in read_toml("languages.toml")["scripts"].items():
        inside = sum(any(first <= c <= last for first, last in ranges) for c in foreign)
        # Kana are a small part of Japanese text.
        if inside > _SCRIPT_SHARE * letters * (0.5 if code == "ja" else 1.0):
            return str(code)
    return None
