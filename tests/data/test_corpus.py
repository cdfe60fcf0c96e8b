"""The rules of the corpus: what a labelled notice has to be before anything is trained on it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from reinstate.corpus import LabelledNotice, near_duplicates, read_rows
from reinstate.taxonomy import default_taxonomy
from reinstate.text import clean

LEAST_ROWS = 80
LEAST_OTHER_MAILS = 1500
LEAST_VOICES = 4

#: Resemblance above which two rows of a reason are one notice said twice, and the one above which
#: they count towards the share of alike rows.
TWICE = 0.5
ALIKE = 0.3
MOST_ALIKE = 0.02

#: Words in a row that nobody writes twice by chance.
RUN = 12
#: Fixed formulas of Amazon's: names and clauses that cannot be said otherwise. What is left of a
#: text around them is held against the field set. Lower case, words only.
FORMULAS = (
    "in accordance with section 3 of amazon s business solutions agreement",
    "section 3 of the amazon services business solutions agreement",
)


def alike(rows: Sequence[LabelledNotice]) -> list[str]:
    """What is wrong with rows that resemble each other too much; empty where nothing is."""
    pairs = near_duplicates([clean(row.text).text for row in rows], ALIKE)
    problems = [
        f"{rows[pair.first].id} and {rows[pair.second].id} resemble each other: {pair.resemblance:.2f}"
        for pair in pairs
        if pair.resemblance > TWICE and rows[pair.first].reason == rows[pair.second].reason
    ]
    involved = {row for pair in pairs for row in (pair.first, pair.second)}
    if len(involved) >= MOST_ALIKE * len(rows):
        problems.append(f"{len(involved)} of {len(rows)} rows are alike")
    return problems


def runs(text: str) -> Iterator[str]:
    """All runs of twelve words that hold no part of a fixed formula."""
    words = " ".join(re.findall(r"\w+", text.lower()))
    for formula in FORMULAS:
        words = re.sub(rf"\b{formula}\b", "|", words)
    for piece in words.split("|"):
        part = piece.split()
        for start in range(len(part) - RUN + 1):
            yield " ".join(part[start : start + RUN])


def shared_runs(rows: Sequence[LabelledNotice], field: Sequence[LabelledNotice]) -> dict[str, str]:
    """For each row that shares a run of twelve words with the field set, that run."""
    known = {run for row in field for run in runs(row.text)}
    return {str(row.id): run for row in rows for run in runs(row.text) if run in known}


def test_every_reason_has_rows_enough(corpus: list[LabelledNotice]) -> None:
    counts = Counter(row.reason for row in corpus)
    thin = {reason: counts[reason] for reason in default_taxonomy().block_reasons() if counts[reason] < LEAST_ROWS}
    assert not thin
    assert counts[default_taxonomy().not_a_notice] >= LEAST_OTHER_MAILS
    assert counts[None] >= LEAST_ROWS


def test_every_reason_is_told_by_several_voices(corpus: list[LabelledNotice]) -> None:
    voices = defaultdict(set)
    for row in corpus:
        voices[row.reason].add(row.voice)
    assert {reason for reason in default_taxonomy().block_reasons() if len(voices[reason]) < LEAST_VOICES} == set()


def test_every_stage_has_rows(corpus: list[LabelledNotice]) -> None:
    counts = Counter(row.stage for row in corpus)
    assert {stage for stage in default_taxonomy().stages if counts[stage] < LEAST_ROWS} == set()


def test_ids_are_there_and_unique(corpus: list[LabelledNotice]) -> None:
    counts = Counter(row.id for row in corpus)
    assert None not in counts
    assert [id_ for id_, count in counts.items() if count > 1] == []


def test_every_row_says_who_wrote_it_and_what_it_shares_wording_with(corpus: list[LabelledNotice]) -> None:
    assert [row.id for row in corpus if not (row.voice and row.group and row.stage and row.language)] == []


def test_a_group_is_told_by_the_id_of_one_of_its_rows(corpus: list[LabelledNotice]) -> None:
    assert {row.group for row in corpus} <= {row.id for row in corpus}


def test_every_file_holds_the_rows_of_the_reason_it_is_named_after(data_folder: Path) -> None:
    taxonomy = default_taxonomy()
    files = sorted(data_folder.glob("*.jsonl"))
    assert {file.stem for file in files} == {*taxonomy.reasons, taxonomy.unnamed}
    for file in files:
        reason = None if file.stem == taxonomy.unnamed else file.stem
        assert {row.reason for row in read_rows(file)} == {reason}


def test_other_mail_has_no_stage_and_every_notice_has_one(corpus: list[LabelledNotice]) -> None:
    wrong = [row.id for row in corpus if (row.stage == "none") != (row.reason == default_taxonomy().not_a_notice)]
    assert wrong == []


def test_a_further_reason_is_another_one_and_blocks_something(corpus: list[LabelledNotice]) -> None:
    blocking = set(default_taxonomy().block_reasons())
    assert [row.id for row in corpus if row.reason in row.also or not set(row.also) <= blocking] == []


def test_every_text_has_a_word(corpus: list[LabelledNotice]) -> None:
    assert [row.id for row in corpus if not clean(row.text).text] == []


def test_no_text_stands_twice(corpus: list[LabelledNotice]) -> None:
    counts = Counter(clean(row.text).text for row in corpus)
    assert [line for line, count in counts.items() if count > 1] == []


def test_no_row_is_another_one_with_other_names(corpus: list[LabelledNotice]) -> None:
    assert alike(corpus) == []


@pytest.mark.parametrize("family", [2, 40, 200])
def test_a_corpus_of_clones_would_be_refused(corpus: list[LabelledNotice], family: int) -> None:
    """The check above can fail: rows copied with another ASIN, date and sum are found."""
    origin = next(row for row in corpus if row.reason == "trademark" and len(row.text) > 800)
    clones = [
        replace(origin, id=f"clone-{i}", text=f"{origin.text}\nASIN B0{i:08d} of 2021-03-{i % 28 + 1:02d}, ${i}.50")
        for i in range(family)
    ]
    problems = alike([*clones, *corpus[:300]])
    assert any("resemble" in problem for problem in problems)
    assert any("rows are alike" in problem for problem in problems) == (family > 2)


def test_rows_that_share_wording_share_a_group(corpus: list[LabelledNotice]) -> None:
    pairs = near_duplicates([clean(row.text).text for row in corpus], ALIKE)
    apart = [
        (corpus[p.first].id, corpus[p.second].id) for p in pairs if corpus[p.first].group != corpus[p.second].group
    ]
    assert apart == []


def test_nothing_is_copied_from_the_field_set(corpus: list[LabelledNotice], field_set: list[LabelledNotice]) -> None:
    assert shared_runs(corpus, field_set) == {}


def test_a_copied_sentence_would_be_found(corpus: list[LabelledNotice], field_set: list[LabelledNotice]) -> None:
    words = field_set[0].text.split()
    copied = replace(corpus[0], id="copy", text="Hello, " + " ".join(words[5 : 5 + RUN + 3]) + " and more")
    assert set(shared_runs([copied], field_set)) == {"copy"}


def test_a_fixed_formula_is_no_copy() -> None:
    text = "We withhold funds in accordance with section 3 of Amazon's Business Solutions Agreement. Please wait."
    rows = [LabelledNotice(text, None, id="row")]
    assert shared_runs(rows, rows) == {}
    other = [replace(rows[0], text=text.replace("section 3", "section 4"))]
    assert set(shared_runs(other, other)) == {"row"}


def test_every_formula_is_written_as_words_are_compared() -> None:
    assert [formula for formula in FORMULAS if formula != " ".join(re.findall(r"\w+", formula.lower()))] == []
    assert [formula for formula in FORMULAS if len(formula.split()) >= RUN] == []


def test_no_row_holds_a_password_or_card_number(corpus: list[LabelledNotice]) -> None:
    """Names are invented, but nobody should paste a real secret into the corpus."""
    card = re.compile(r"\b(?:\d{4}[ -]){3}\d{4}\b")
    assert [row.id for row in corpus if card.search(row.text)] == []
