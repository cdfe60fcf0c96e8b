from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reinstate.text import clean
from reinstate.text.cleaning import MAX_CHARACTERS, OWN_WORDS, TELLING_NUMBERS

#: Pieces that the cleaner treats in some way of its own, and letters that fold into others.
PIECES = st.one_of(
    st.sampled_from("xX*#aAbB0159 .,-/:@'’&;<>${}\n\t_%€Éß²ªﬁＸｘİıſǅー中٣½ﷺ"),
    st.sampled_from(["amazon", "num", "Amazon.com", "B0ABCDEFGH", "xxx", "Xxx", "Jan", "May ", "http://", "<b>"]),
    st.sampled_from(["on ", " wrote:\n", "<style>", "</style>", "USD", "Rs", " percent", "&nbsp;", "19.07.2023"]),
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200))
WORDS = st.lists(st.text("abcdefghijklmnopqrstuvw", min_size=1, max_size=9), min_size=1, max_size=30)


def tokens(text: str) -> list[str]:
    return clean(text).text.split()


@given(TEXTS)
@example("Xxx")
@example("ＸＸＸ－１２３")
@example("ﬁb@amazon.de")
@example("Rs'½’ſ")
def test_cleaning_a_cleaned_line_changes_nothing(text: str) -> None:
    line = clean(text).text
    assert clean(line).text == line


@given(TEXTS)
def test_every_token_has_a_span_of_the_text_given_in_reading_order(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(cleaned.starts) == len(cleaned.ends) == len(cleaned.text.split())
    position = 0
    for start, end in zip(cleaned.starts, cleaned.ends, strict=True):
        assert position <= start < end <= len(text)
        position = end


@given(TEXTS)
def test_tokens_are_joined_by_single_spaces_and_hold_none(text: str) -> None:
    line = clean(text).text
    assert line == " ".join(line.split())


@given(WORDS, st.sampled_from([" ", "\n\n", ", ", ". ", "; ", " <br/> ", " &amp; ", " — ", "\t* "]))
def test_words_stay_and_spans_hold_them(words: list[str], between: str) -> None:
    text = between.join(words)
    cleaned = clean(text)
    assert cleaned.text.split() == words
    assert [text[s:e] for s, e in zip(cleaned.starts, cleaned.ends, strict=True)] == words


@given(WORDS)
def test_case_does_not_matter(words: list[str]) -> None:
    line = clean(" ".join(words)).text
    assert clean(" ".join(words).upper()).text == line
    assert clean(" ".join(word.capitalize() for word in words)).text == line


@given(TEXTS, st.integers(0, 40))
def test_white_space_before_a_text_only_moves_the_spans(text: str, width: int) -> None:
    plain, moved = clean(text), clean(" " * width + text)
    assert moved.text == plain.text
    assert moved.starts == [start + width for start in plain.starts]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ASIN B07XYZ1234", "asin xasin"),
        ("ASIN B0*******4 or B0xxxxxxxx", "asin xasin or xasin"),
        ("order 111-1234567-7654321", "order xorder"),
        ("order 111-XXXXXXX-7654321", "order xorder"),
        ("by July 4, 2023", "by xdate"),
        ("by 4th July 2023", "by xdate"),
        ("by 2023-07-04 or 4/7/23", "by xdate or xdate"),
        ("owed: $1,234.56 or EUR 20 or 30 GBP", "owed xmoney or xmoney or xmoney"),
        ("a rate of 1.25% or 4 percent", "a rate of xpct or xpct"),
        ("at 10:45", "at xtime"),
        ("account ****1234", "account xmask xnum"),
        ("complaint 6142398571", "complaint xid"),
        ("case ID A1B2C3D4E5", "case id xid"),
        ("17 days, 4213 units", "num17 days xnum units"),
        ("see https://example.com/a?b=c now", "see xurl now"),
        ("see https://sellercentral.amazon.com/x now", "see xurlamazon now"),
        ("write to jane.doe@example.com", "write to xmail"),
        ("write to notice-dispute@amazon.com", "write to xmailnoticedispute"),
        ("write to Copyright@AMAZON.co.uk", "write to xmailcopyright"),
        ("on Amazon.co.uk and amazon.de", "on amazon and amazon"),
        ("don’t, don't", "don't don't"),
        ("ＡＣＣＯＵＮＴ ﬁle", "account file"),
        ("ＸＸＸＸ", "xmask"),
        ("", ""),
        ("\n — • \n", ""),
    ],
)
def test_what_identifies_nobodys_reason_becomes_a_mask(text: str, line: str) -> None:
    assert clean(text).text == line


@given(
    st.from_regex(r"B0[0-9A-Z]{8}", fullmatch=True),
    st.from_regex(r"[0-9]{3}-[0-9]{7}-[0-9]{7}", fullmatch=True),
    st.dates(),
    st.integers(1, 99_999),
)
def test_another_asin_order_date_or_sum_is_the_same_notice(asin: str, order: str, day: object, sum_: int) -> None:
    def notice(a: str, o: str, d: object, m: int) -> str:
        return f"We removed {a} after order {o} of {d}. You owe ${m} to the buyer."

    assert (
        clean(notice(asin, order, day, sum_)).text == clean(notice("B000000000", "1" * 3 + "-1234567" * 2, day, 1)).text
    )


@pytest.mark.parametrize("number", sorted(TELLING_NUMBERS, key=int))
def test_the_numbers_that_notices_name_stay_themselves(number: str) -> None:
    assert tokens(f"within {number} days") == ["within", f"num{number}", "days"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Send <b>invoices</b> now</p>",
        '<td style="color:red">Send</td><td>invoices</td>\n<td>now</td>',
        "<ul><li>• Send</li><li>- invoices</li><li>— now</li></ul>",
        "Send&nbsp;invoices &#8211; now",
        "Send ${buyer.name} invoices now",
        "Send <!-- a note --> invoices<br>now",
        "<html><head><title>Amazon</title></head><body>Send invoices now</body></html>",
        "<style type='text/css'>p { margin: 0 }</style>Send <script>let a = 1</script>invoices now",
        "<STYLE>p { margin: 0 }</STYLE>Send invoices now",
    ],
)
def test_markup_is_passed_over(html: str) -> None:
    cleaned = clean(html)
    assert cleaned.text == "send invoices now"
    assert [html[s:e] for s, e in zip(cleaned.starts, cleaned.ends, strict=True)] == ["Send", "invoices", "now"]


def test_a_style_sheet_that_is_never_closed_hides_nothing() -> None:
    assert tokens("<style>Send invoices") == ["send", "invoices"]


def test_a_comparison_is_no_markup() -> None:
    assert tokens("rate < target and target > rate") == ["rate", "target", "and", "target", "rate"]


OWN = " ".join(["word"] * OWN_WORDS)


@pytest.mark.parametrize(
    "head",
    [
        "-----Original Message-----",
        "> On Mon, Jul 3, 2023 at 10:00 AM Amazon <x@amazon.com> wrote:",
        "On 3 July 2023 Seller Performance wrote:",
        "________________________________",
    ],
)
def test_quoted_mail_below_a_reply_is_not_read(head: str) -> None:
    assert clean(f"{OWN}\n\n{head}\nquoted mail").text == OWN


@pytest.mark.parametrize("own", ["", "Please see below.", " ".join(["word"] * (OWN_WORDS - 1))])
def test_a_forwarded_mail_is_read_when_little_stands_above_it(own: str) -> None:
    assert tokens(f"{own}\n-----Original Message-----\nquoted mail")[-2:] == ["quoted", "mail"]


def test_a_cleaned_text_shows_its_line() -> None:
    assert "send invoices" in repr(clean("Send, invoices!"))


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    text = "notice " * MAX_CHARACTERS
    cleaned = clean(text)
    assert cleaned.truncated
    assert cleaned.ends[-1] <= MAX_CHARACTERS
    assert not clean(text[:MAX_CHARACTERS]).truncated
    assert cleaned.text == clean(text[:MAX_CHARACTERS]).text


@pytest.mark.parametrize("unit", ["\n", "\n> ", "<style>", "/>|", "a-", "&", "1,", "a@a.", "${", "A1", "<a ", "***"])
def test_long_runs_of_one_kind_keep_the_words_after_them(unit: str) -> None:
    line = clean(unit * 2000 + "\nSend invoices").text
    assert line.endswith("send invoices")
