from __future__ import annotations

import codecs
import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinstate.errors import InputError
from reinstate.text import read_text
from reinstate.text.decoding import MAX_BYTES

LETTERS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=80)
NOTICES = LETTERS.map(lambda tail: f"Your account: {tail}")


@given(NOTICES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_unicode_with_or_without_a_mark_comes_back_as_it_was(text: str, encoding: str) -> None:
    assert read_text(text.encode(encoding)) == text


@given(NOTICES, st.sampled_from([(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")]))
def test_big_endian_marks_are_honoured(text: str, kind: tuple[bytes, str]) -> None:
    mark, encoding = kind
    assert read_text(mark + text.encode(encoding)) == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8).map(lambda t: f"Hello {t}"))
def test_utf_16_without_a_mark_is_recognised(text: str) -> None:
    assert read_text(text.encode("utf-16-le")) == text
    assert read_text(text.encode("utf-16-be")) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_clear_error(data: bytes) -> None:
    with contextlib.suppress(InputError):
        text = read_text(data)
        assert text.strip()
        assert "\r" not in text


def test_line_ends_of_all_systems_become_one() -> None:
    assert read_text(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_text_of_an_old_windows_program_keeps_its_quotes() -> None:
    assert read_text("Amazon’s “policy” – £5".encode("cp1252")) == "Amazon’s “policy” – £5"


def test_single_broken_bytes_do_not_spoil_the_rest() -> None:
    text = "Größe, Straße, über"
    assert read_text(text.encode() + b" \xff end") == f"{text} \ufffd end"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", codecs.BOM_UTF8, "\ufeff \u00a0\u200b\n".encode()])
def test_empty_input_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"notice\.txt: empty"):
        read_text(data, name="notice.txt")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04" + bytes(20) + zlib.compress(b"word " * 500),
        bytes(range(256)) * 4,
    ],
)
def test_binary_files_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="binary"):
        read_text(data)


def test_an_export_handed_in_as_one_notice_is_refused() -> None:
    data = b"notice " * (MAX_BYTES // 7 + 1)
    with pytest.raises(InputError, match="too large for one notice"):
        read_text(data)
    assert read_text(data[:MAX_BYTES])
