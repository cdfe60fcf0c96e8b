"""Bytes of unknown encoding to text, or a clear error."""

from __future__ import annotations

import codecs

from reinstate.errors import InputError

#: A single notice larger than this is a mistake: an export or an archive handed to the wrong command.
MAX_BYTES = 5_000_000
#: Longest cell of a table that is read, in characters; the csv module alone would stop at 131,072.
MOST_CELL = 50_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Share of control characters above which bytes are not a text.
_MAX_CONTROL_SHARE = 0.02
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 27}) + b"\x7f"


def read_text(data: bytes, *, name: str = "the input") -> str:
    """Decode the bytes of a notice.

    Byte-order marks are honoured, UTF-16 without one is recognised by its zero bytes, then UTF-8,
    then Windows-1252 (single broken bytes in a text that is UTF-8 otherwise become U+FFFD).

    Parameters
    ----------
    data : bytes
        The whole content of the file.
    name : str
        What to call it in an error message.

    Raises
    ------
    InputError
        For empty, binary or oversized content.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name}: too large for one notice (more than {MAX_BYTES // 1_000_000} MB); "
            "paste the notice alone, or score a table of many with: reinstate score TABLE -o OUT"
        )
    text = _decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n\v\f\u00a0\u200b"):
        raise InputError(f"{name}: empty; paste the text of the notice, headings and all")
    return text


def _decode(data: bytes, name: str) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if unmarked := _utf16_without_mark(data):
        return data.decode(unmarked, errors="replace")
    control = len(data) - len(data.translate(None, _CONTROL))
    if control > _MAX_CONTROL_SHARE * len(data):
        raise InputError(
            f"{name}: this is a binary file, not text; open it and copy the notice's text, "
            "or save it as plain text (.txt)"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", errors="replace")
    # Mostly UTF-8 with a few broken bytes: keep what is right. Otherwise the old Windows page.
    if sum(c > "\x7f" and c != "\ufffd" for c in loose) > loose.count("\ufffd"):
        return loose
    return data.decode("cp1252", errors="replace")


def _utf16_without_mark(data: bytes) -> str | None:
    sample = data[:4096]
    if len(sample) < 8:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None
