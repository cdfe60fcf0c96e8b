from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate.facts.phrases import PhraseFinder
from reinstate.text import clean

WORDS = ("utility", "bill", "bills", "the", "send")


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
)
def test_a_phrase_is_found_at_each_of_its_places(words: list[str], phrase: str) -> None:
    text = "  ".join(words)
    finder = PhraseFinder(clean(text))
    length = len(phrase.split())
    places = [i for i in range(len(words)) if " ".join(words[i : i + length]) == phrase]
    found = sorted(finder.find([phrase]), key=lambda place: place.start)
    assert [" ".join(text[place.start : place.end].split()) for place in found] == [phrase] * len(places)
    assert finder.has([phrase]) is bool(places)


def test_a_phrase_matches_whole_words_only() -> None:
    finder = PhraseFinder(clean("the billing of utilities"))
    assert not finder.has(["bill", "utility"])
    assert list(finder.find(["bill"])) == []


def test_markup_and_punctuation_between_the_words_do_not_hide_a_phrase() -> None:
    text = "Send a <b>utility</b>\n  bill!"
    (place,) = PhraseFinder(clean(text)).find(["utility bill"])
    assert text[place.start : place.end] == "utility</b>\n  bill"


def test_nothing_is_found_in_an_empty_text() -> None:
    assert list(PhraseFinder(clean("")).find(["bill"])) == []
