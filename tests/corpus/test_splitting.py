from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from reinstate.corpus import LabelledNotice, folds

REASONS = ("trademark", "patent", None)
VOICES = [f"voice {letter}" for letter in "ABCDEFGHIJ"]
ROWS = st.lists(
    st.builds(
        LabelledNotice,
        text=st.just("Hello"),
        reason=st.sampled_from(REASONS),
        voice=st.none() | st.sampled_from(VOICES),
        group=st.none() | st.sampled_from([f"group {n}" for n in range(8)]),
    ),
    max_size=40,
)
MOST = st.integers(1, 10)


@given(ROWS, MOST)
def test_folds_are_numbered_without_a_gap_and_not_more_than_asked_for(rows: list[LabelledNotice], most: int) -> None:
    fold = folds(rows, most)
    assert len(fold) == len(rows)
    assert sorted(set(fold)) == list(range(len(set(fold))))
    assert len(set(fold)) <= most


@given(ROWS, MOST)
def test_rows_of_a_group_are_never_parted(rows: list[LabelledNotice], most: int) -> None:
    of_group = defaultdict(set)
    for row, fold in zip(rows, folds(rows, most), strict=True):
        of_group[row.group].add(fold)
    assert all(len(found) == 1 for group, found in of_group.items() if group)


@given(ROWS, MOST)
def test_a_voice_is_never_parted_where_a_reason_has_voices_enough(rows: list[LabelledNotice], most: int) -> None:
    # Each of many voices writes once of each reason, whatever else there is.
    rows += [LabelledNotice("Hello", reason, voice=voice) for reason in REASONS for voice in VOICES]
    of_voice = defaultdict(set)
    for row, fold in zip(rows, folds(rows, most), strict=True):
        of_voice[row.voice].add(fold)
    assert all(len(found) == 1 for voice, found in of_voice.items() if voice)


@given(ROWS, MOST)
def test_the_same_rows_get_the_same_folds(rows: list[LabelledNotice], most: int) -> None:
    assert folds(rows, most).tolist() == folds(list(rows), most).tolist()


def test_a_group_in_two_voices_joins_them() -> None:
    rows = [
        LabelledNotice("Hello", "patent", voice=voice, group="shared" if number < 2 else voice)
        for number, voice in enumerate(VOICES)
    ]
    fold = folds(rows, 10)
    assert fold[0] == fold[1]
    assert len(set(fold)) == len(VOICES) - 1


def test_a_voice_is_a_fold_of_its_own_where_folds_are_allowed() -> None:
    rows = [LabelledNotice("Hello", "patent", voice=voice) for voice in VOICES * 3]
    fold = folds(rows, 20)
    assert len(set(fold)) == len(VOICES)
    assert all(len({fold[i] for i, row in enumerate(rows) if row.voice == voice}) == 1 for voice in VOICES)


def test_a_reason_of_few_voices_is_split_by_groups() -> None:
    rows = [LabelledNotice("Hello", "patent", voice="A", group=str(number // 2)) for number in range(8)]
    assert len(set(folds(rows, 10))) == 4


def test_a_row_without_voice_and_group_stands_alone() -> None:
    assert len(set(folds([LabelledNotice("Hello", "patent")] * 5, 10))) == 5


def test_folds_are_about_equally_large() -> None:
    rows = [LabelledNotice("Hello", "patent", voice=VOICES[number % 10]) for number in range(100)]
    sizes = Counter(folds(rows, 3).tolist()).values()
    assert max(sizes) - min(sizes) <= 10


def test_the_corpus_is_split_so_that_no_wording_stands_on_both_sides(corpus: list[LabelledNotice]) -> None:
    fold = folds(corpus, 16)
    assert len(set(fold)) > 1
    groups = defaultdict(set)
    for row, number in zip(corpus, fold, strict=True):
        groups[row.group].add(int(number))
    assert max(map(len, groups.values())) == 1
