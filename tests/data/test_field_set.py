"""The field set: for evaluation only, and kept as it was handed over."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from reinstate.corpus import LabelledNotice
from reinstate.taxonomy import default_taxonomy


def test_ids_are_unique_and_every_row_has_group_and_origin(field_set: list[LabelledNotice]) -> None:
    assert max(Counter(row.id for row in field_set).values()) == 1
    assert all(row.id and row.group for row in field_set)
    assert {row.origin for row in field_set} == {"found", "memory"}


def test_categories_are_those_of_the_taxonomy(data_folder: Path) -> None:
    taxonomy = default_taxonomy()
    with (data_folder / "field" / "notices.jsonl").open(encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    wrong = [row["id"] for row in rows if row["reason"] and taxonomy.category_of(row["reason"]) != row["category"]]
    assert wrong == []


def test_every_reason_stands_in_the_field(field_set: list[LabelledNotice]) -> None:
    taxonomy = default_taxonomy()
    assert {row.reason for row in field_set} == {*taxonomy.reasons, None}
    assert {row.stage for row in field_set} == set(taxonomy.stages)


def test_nothing_of_the_field_is_in_the_corpus(corpus: list[LabelledNotice], field_set: list[LabelledNotice]) -> None:
    assert {row.text for row in field_set} & {row.text for row in corpus} == set()
    assert {row.id for row in field_set} & {row.id for row in corpus} == set()


def test_the_rules_stand_beside_the_rows(data_folder: Path) -> None:
    rules = (data_folder / "field" / "README.md").read_text(encoding="utf-8")
    assert "Nothing here is trained on" in rules
