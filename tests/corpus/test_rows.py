from __future__ import annotations

import csv
import json
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reinstate.corpus import LabelledNotice, digest, read_folder, read_rows, write_rows
from reinstate.errors import InputError, LabelError, MissingExtraError
from reinstate.taxonomy import default_taxonomy, load_taxonomy

REASONS = st.sampled_from(list(default_taxonomy().reasons))
LETTERS = st.characters(exclude_categories=("Cs",))
WORD = st.none() | st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
NOTICES = st.builds(
    LabelledNotice,
    text=st.text(LETTERS, min_size=1, max_size=60).filter(str.strip),
    reason=st.none() | REASONS,
    id=WORD,
    stage=st.none() | st.sampled_from(list(default_taxonomy().stages)),
    also=st.lists(REASONS, max_size=2).map(tuple),
    language=WORD,
    marketplace=WORD,
    year=st.none() | st.integers(2005, 2030),
    complete=st.booleans(),
    group=WORD,
    voice=WORD,
    accept=st.lists(REASONS, max_size=2).map(tuple),
    origin=WORD,
    note=WORD,
)
FULL = LabelledNotice(
    text='Hello,\nyour listing "A, B" is down.',
    reason="trademark",
    id="x-1",
    stage="listing_removed",
    also=("copyright", "patent"),
    language="en",
    marketplace="UK",
    year=2021,
    complete=False,
    group="g",
    voice="plain",
    accept=("counterfeit_goods",),
    origin="found",
    note="n",
)


def jsonl(tmp_path: Path, *rows: Any, name: str = "rows.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def problem(tmp_path: Path, row: dict[str, Any]) -> str:
    """What is said of one faulty row."""
    with pytest.raises(LabelError) as caught:
        read_rows(jsonl(tmp_path, {"text": "Hello", "reason": "patent"} | row))
    return str(caught.value)


@given(st.lists(NOTICES, max_size=5))
def test_rows_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    write_rows(path, rows)
    assert read_rows(path) == rows


def test_a_row_is_written_without_what_is_not_known() -> None:
    assert LabelledNotice("Hello", None).as_dict() == {"text": "Hello", "reason": None}
    assert set(FULL.as_dict()) == {field.name for field in fields(LabelledNotice)}


def test_csv_and_parquet_hold_the_same_rows_as_jsonl(tmp_path: Path) -> None:
    rows = [FULL, LabelledNotice("Second", None, complete=True), LabelledNotice("Third", "not_a_notice", stage="none")]
    table = [row.as_dict() | {"complete": row.complete} for row in rows]
    with (tmp_path / "rows.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(LabelledNotice)])
        writer.writeheader()
        writer.writerows(
            {key: ", ".join(value) if isinstance(value, list) else value for key, value in row.items()} for row in table
        )
    parquet.write_table(arrow.Table.from_pylist(table), tmp_path / "rows.parquet")
    assert read_rows(tmp_path / "rows.csv") == rows
    assert read_rows(tmp_path / "rows.parquet") == rows


@pytest.mark.parametrize("also", ["copyright, patent", "['copyright', 'patent']", '["copyright","patent"]'])
def test_a_cell_may_hold_several_reasons(tmp_path: Path, also: str) -> None:
    [row] = read_rows(jsonl(tmp_path, {"text": "Hello", "reason": "trademark", "also": also}))
    assert row.also == ("copyright", "patent")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_notice_may_name_no_reason(tmp_path: Path, reason: str | None) -> None:
    [row] = read_rows(jsonl(tmp_path, {"text": "Hello", "reason": reason}))
    assert row.reason is None


@pytest.mark.parametrize(
    ("value", "complete"), [(True, True), ("yes", True), (False, False), ("False", False), ("0", False), ("no", False)]
)
def test_a_fragment_may_be_marked_in_several_ways(tmp_path: Path, value: Any, complete: bool) -> None:
    [row] = read_rows(jsonl(tmp_path, {"text": "Hello", "reason": "patent", "complete": value}))
    assert row.complete is complete


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": ""}, "'text' is missing or empty"),
        ({"text": " \n"}, "'text' is missing or empty"),
        ({"text": 5}, "'text' is missing or empty"),
        ({"reason": "patents"}, "did you mean 'patent'"),
        ({"also": ["patents"]}, "also: there is no reason 'patents'"),
        ({"accept": ["unnamed"]}, "accept: there is no reason 'unnamed'"),
        ({"also": 5}, "'also' is no list: 5"),
        ({"also": {"patent": 1}}, "'also' is no list"),
        ({"stage": "suspended"}, "unknown stage 'suspended'; stages are: warning"),
        ({"year": "last"}, "'year' is no number: 'last'"),
        ({"year": float("inf")}, "'year' is no number: inf"),
        ({"year": [2020]}, "'year' is no number"),
    ],
)
def test_a_faulty_row_is_named_with_file_and_line(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    said = problem(tmp_path, row)
    assert said.startswith(f"{tmp_path / 'rows.jsonl'}:1: ")
    assert message in said


def test_a_missing_reason_says_how_to_label_a_notice_without_one(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"'reason' is missing \(leave it empty"):
        read_rows(jsonl(tmp_path, {"text": "Hello"}))


def test_all_faulty_lines_are_named_at_once(tmp_path: Path) -> None:
    good = {"text": "Hello", "reason": "patent"}
    path = jsonl(tmp_path, good, "{", "", [1], {"text": "", "reason": None}, good, '"text"')
    with pytest.raises(LabelError) as caught:
        read_rows(path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "4", "5", "7"]
    assert "not JSON" in lines[0]
    assert "not a JSON object" in lines[1]


def test_a_flood_of_faults_is_counted(tmp_path: Path) -> None:
    with pytest.raises(LabelError) as caught:
        read_rows(jsonl(tmp_path, *[{"text": "", "reason": None}] * 50))
    assert len(str(caught.value).splitlines()) == 21
    assert str(caught.value).endswith("… and 30 more")


def test_rows_of_a_csv_are_counted_like_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,reason\nHello,patent\nHello,patents\n", "utf-8")
    with pytest.raises(LabelError, match=r"rows\.csv:3: "):
        read_rows(path)


def test_json_nested_without_end_is_one_faulty_row(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"rows\.jsonl:1: not JSON"):
        read_rows(jsonl(tmp_path, "[" * 100_000))


def test_a_text_cut_through_an_emoji_can_be_used(tmp_path: Path) -> None:
    rows = read_rows(jsonl(tmp_path, '{"text": "Sale \\ud83d", "reason": null, "note": "\\udc00"}'))
    assert rows == [LabelledNotice("Sale \ufffd", None, note="\ufffd")]
    assert digest(rows)
    write_rows(tmp_path / "again.jsonl", rows)
    assert read_rows(tmp_path / "again.jsonl") == rows


def test_a_whole_emoji_stays(tmp_path: Path) -> None:
    [row] = read_rows(jsonl(tmp_path, '{"text": "Sale \\ud83d\\ude00", "reason": null}'))
    assert row.text == "Sale 😀"


def test_a_users_own_reasons_may_be_allowed(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[reasons.gated]\ncategory = "fraud"\ntitle = "Gated"\ndescription = "D."\n', "utf-8")
    path = jsonl(tmp_path, {"text": "Hello", "reason": "gated"})
    assert read_rows(path, load_taxonomy(own))[0].reason == "gated"
    with pytest.raises(LabelError, match="gated"):
        read_rows(path)


def test_a_file_with_nothing_in_it_has_no_rows(tmp_path: Path) -> None:
    assert read_rows(jsonl(tmp_path, "", "")) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.txt", b"", "read from .jsonl, .csv or .parquet"),
        ("rows.jsonl", b'{"text": "\xff"}', "not UTF-8 .*at byte 10.*save it as UTF-8"),
        ("rows.csv", b"text,reason\n\xff,patent\n", "not UTF-8"),
        ("rows.parquet", b"PAR1 and no more", "not a readable Parquet file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_rows(tmp_path / name)


def test_a_cell_longer_than_any_notice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reinstate.corpus.rows.MOST_CELL", 1000)
    before = csv.field_size_limit()
    (tmp_path / "rows.csv").write_text(f"text,reason\n{'x' * 1001},patent\n", "utf-8")
    with pytest.raises(InputError, match=r"not a readable CSV table \(field larger"):
        read_rows(tmp_path / "rows.csv")
    csv.field_size_limit(before)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_rows(tmp_path / "rows.jsonl")


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"reinstate\[train\]"):
        read_rows(tmp_path / "rows.parquet")


def test_a_folder_is_read_file_by_file_in_order_of_names_and_not_deeper(tmp_path: Path) -> None:
    jsonl(tmp_path, {"text": "B", "reason": None}, name="b.jsonl")
    jsonl(tmp_path, {"text": "A", "reason": None}, name="a.jsonl")
    (tmp_path / "field").mkdir()
    jsonl(tmp_path / "field", {"text": "C", "reason": None})
    assert [row.text for row in read_folder(tmp_path)] == ["A", "B"]


def test_a_folder_without_notices_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="no folder with labelled notices"):
            read_folder(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other"},
        {"reason": "patent"},
        {"reason": None},
        {"stage": "warning"},
        {"also": ()},
        {"group": "h"},
        {"voice": "other"},
    ],
)
def test_the_digest_changes_with_what_training_reads(change: dict[str, Any]) -> None:
    assert digest([replace(FULL, **change)]) != digest([FULL])


def test_the_digest_depends_on_the_order_and_on_nothing_that_training_ignores() -> None:
    other = LabelledNotice("Other", None)
    assert digest([FULL, other]) != digest([other, FULL])
    assert digest([replace(FULL, id="y", note=None, year=None, marketplace="US")]) == digest([FULL])
