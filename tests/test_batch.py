from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate.batch import CHUNK, COLUMNS, TABLES, Message, Row, flat, read_table, score, write_rows
from reinstate.diagnosis import classify
from reinstate.errors import InputError, ReinstateError

SAMPLES = Path(__file__).parent / "samples"
NOTICES = [path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "notices").glob("*.txt"))]
TRADEMARK = (SAMPLES / "notices" / "trademark.txt").read_text(encoding="utf-8")

#: What a CSV table can carry: no lone surrogates, no NUL (Python before 3.11.4 stops at it).
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
notice_texts = st.sampled_from([*NOTICES, "", " ", "x", "a\r\nb", 'say "hello", please'])


def write_table(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path
    with path.open("w", encoding="utf-8", newline="") as stream:
        # Everything quoted: the writer of older Pythons leaves a bare carriage return unquoted.
        table = csv.DictWriter(
            stream, ["id", "text"], delimiter="\t" if path.suffix == ".tsv" else ",", quoting=csv.QUOTE_ALL
        )
        table.writeheader()
        table.writerows(rows)
    return path


def read_cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t" if path.suffix == ".tsv" else ","))


def read_lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def messages(texts: list[str]) -> list[Message]:
    return [Message(text, f"here:{number}", str(number)) for number, text in enumerate(texts)]


class TestEveryKindOfTable:
    @pytest.mark.parametrize("suffix_in", TABLES)
    @pytest.mark.parametrize("suffix_out", TABLES)
    @settings(deadline=None, max_examples=12)
    @given(rows=st.lists(st.fixed_dictionaries({"id": cells, "text": notice_texts}), max_size=8))
    def test_rows_out_are_rows_in_and_ids_pass_through(
        self, suffix_in: str, suffix_out: str, rows: list[dict[str, str]]
    ) -> None:
        with TemporaryDirectory() as folder:
            table, out = Path(folder) / f"in{suffix_in}", Path(folder) / f"out{suffix_out}"
            write_table(table, rows)
            assert write_rows(out, score(read_table(table))) == len(rows)
            answers = read_lines(out) if suffix_out == ".jsonl" else read_cells(out)
        assert len(answers) == len(rows)
        for row, answer in zip(rows, answers, strict=True):
            assert bool(answer["error"]) is not bool(row["text"].strip())
            if suffix_out == ".jsonl":
                assert answer["id"] == (row["id"] or None)
            else:
                # Spaces stay as they are; what a table cannot hold in one line becomes a space.
                spaced = "".join(" " if c.isspace() else c for c in row["id"])
                assert answer["id"].removeprefix("'") == spaced.removeprefix("'")

    @pytest.mark.parametrize("suffix", TABLES)
    def test_the_answer_of_a_row_is_that_of_a_pasted_notice(self, tmp_path: Path, suffix: str) -> None:
        table = write_table(tmp_path / f"in{suffix}", [{"id": "a", "text": TRADEMARK}])
        (row,) = score(read_table(table))
        assert row.diagnosis is not None
        assert row.diagnosis.reason == "trademark"
        assert row.diagnosis.facts == classify(TRADEMARK).facts
        assert row.message.source.startswith(str(table))

    @pytest.mark.parametrize("suffix", TABLES)
    def test_the_texts_may_stand_in_another_column(self, tmp_path: Path, suffix: str) -> None:
        table = tmp_path / f"in{suffix}"
        delimiter = "\t" if suffix == ".tsv" else ","
        body = '{"body": "hello"}\n' if suffix == ".jsonl" else f"x{delimiter}body\n1{delimiter}hello\n"
        table.write_text(body)
        assert [m.text for m in read_table(table, "body")] == ["hello"]

    @pytest.mark.parametrize("suffix", TABLES)
    def test_a_byte_order_mark_is_passed_over(self, tmp_path: Path, suffix: str) -> None:
        table = write_table(tmp_path / f"in{suffix}", [{"id": "a", "text": "hello"}])
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
        assert [(m.id, m.text, m.error) for m in read_table(table)] == [("a", "hello", None)]

    @pytest.mark.parametrize("suffix", TABLES)
    def test_a_table_without_rows_gives_none(self, tmp_path: Path, suffix: str) -> None:
        out = tmp_path / f"out{suffix}"
        assert write_rows(out, score(read_table(write_table(tmp_path / f"in{suffix}", [])))) == 0
        assert out.is_file()


class TestBrokenRows:
    @pytest.mark.parametrize(
        ("line", "error"),
        [
            ("{", "not JSON"),
            ("[" * 100_000, "not JSON"),
            ("9" * 5000, "not JSON"),
            ("7", "not an object"),
            ('{"id": "a"}', "not an object with a 'text'"),
            ('{"text": ""}', "empty text"),
            ('{"text": null}', "empty text"),
            ('{"text": 5}', "empty text"),
            ('{"text": ["a"]}', "empty text"),
            ('{"text": " \\n "}', "empty text"),
        ],
    )
    def test_of_jsonl_carry_their_error_and_keep_their_place(self, tmp_path: Path, line: str, error: str) -> None:
        table = tmp_path / "in.jsonl"
        table.write_text(f'{{"text": "first", "id": 1}}\n{line}\n{{"text": "third", "id": 3}}\n')
        rows = list(score(read_table(table)))
        assert [row.message.id for row in rows] in (["1", None, "3"], ["1", "a", "3"])
        assert [row.diagnosis is None for row in rows] == [False, True, False]
        assert error in (rows[1].message.error or "")
        assert rows[1].message.source == f"{table}:2"

    def test_of_csv_carry_their_error_and_keep_their_place(self, tmp_path: Path) -> None:
        table = tmp_path / "in.csv"
        table.write_text('id,text\n1,first\n2,\n3\n4,fourth,too,many\n5,"two\nlines"\n')
        rows = list(score(read_table(table)))
        assert [row.message.id for row in rows] == ["1", "2", "3", "4", "5"]
        assert [row.message.error for row in rows] == [None, "empty text", "empty text", None, None]
        assert rows[-1].message.text == "two\nlines"

    def test_blank_lines_are_no_rows(self, tmp_path: Path) -> None:
        table = tmp_path / "in.jsonl"
        table.write_text('\n{"text": "a"}\n\n{"text": "b"}\n\n')
        assert [(m.text, m.source) for m in read_table(table)] == [("a", f"{table}:2"), ("b", f"{table}:4")]

    def test_an_error_leaves_the_answer_empty(self, tmp_path: Path) -> None:
        (row,) = score([Message("", "here", "7", error="empty text")])
        assert row.as_dict() == {"id": "7", "source": "here", "error": "empty text"}
        assert {name: cell for name, cell in flat(row).items() if cell} == {
            "id": "7",
            "source": "here",
            "error": "empty text",
        }

    def test_half_a_surrogate_pair_is_written_as_json_writes_it(self, tmp_path: Path) -> None:
        table, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        table.write_text(json.dumps({"id": "\ud800", "text": TRADEMARK.replace("trademark", "trademark \udfff")}))
        assert write_rows(out, score(read_table(table))) == 1
        (answer,) = read_lines(out)
        assert answer["id"] == "\ud800"
        assert answer["error"] is None


class TestUnreadableTables:
    def failure(self, path: Path, column: str = "text") -> str:
        with pytest.raises(InputError) as caught:
            list(read_table(path, column))
        assert str(path) in str(caught.value)
        return str(caught.value)

    def test_of_another_kind(self, tmp_path: Path) -> None:
        file = tmp_path / "in.xlsx"
        file.write_bytes(b"PK")
        assert ".csv, .tsv, .jsonl" in self.failure(file)

    @pytest.mark.parametrize("suffix", TABLES)
    def test_that_are_not_there(self, tmp_path: Path, suffix: str) -> None:
        assert "no such file" in self.failure(tmp_path / f"none{suffix}")

    def test_that_are_folders(self, tmp_path: Path) -> None:
        (tmp_path / "in.csv").mkdir()
        assert "no such file" in self.failure(tmp_path / "in.csv")

    def test_without_the_column(self, tmp_path: Path) -> None:
        file = tmp_path / "in.csv"
        file.write_text("id,body\n1,hello\n")
        message = self.failure(file)
        assert "no column 'text'" in message
        assert "id, body" in message

    def test_without_anything(self, tmp_path: Path) -> None:
        file = tmp_path / "in.csv"
        file.write_text("")
        assert "there are: none" in self.failure(file)

    @pytest.mark.parametrize("suffix", TABLES)
    def test_that_are_not_utf8(self, tmp_path: Path, suffix: str) -> None:
        file = write_table(tmp_path / f"in{suffix}", [{"id": "1", "text": "hello"}])
        file.write_bytes(file.read_bytes() + b'"\xff\xfe\xff')
        assert "not UTF-8" in self.failure(file)


class TestTables:
    def rows(self, text: str, **fields: Any) -> dict[str, str]:
        (row,) = score([Message(text, "here", **fields)])
        return flat(row)

    def test_have_the_same_columns_for_an_answer_and_an_error(self) -> None:
        (error,) = score([Message("", "here", error="empty text")])
        assert tuple(self.rows(TRADEMARK)) == tuple(flat(error)) == COLUMNS

    def test_have_flat_cells(self) -> None:
        row = self.rows(TRADEMARK)
        answer = classify(TRADEMARK)
        assert row["is_notice"] == "true"
        assert row["unsure"] == ("true" if answer.unsure else "false")
        assert row["reason"] == "trademark"
        assert row["stage"] == answer.stage.name
        assert float(row["stage_probability"]) == answer.stage.probability
        assert row["asins"] == "B09TMK0001"
        assert row["reference_ids"] == "5512349876"
        assert row["contacts"] == "legal@harbourandpine.example"
        assert row["asks"].split("; ") == list(answer.asks)
        assert row["documents"].split("; ") == [d.name for d in answer.facts.documents]
        assert row["candidates"].startswith(f"trademark:{answer.probability}; ")
        assert row["evidence"].split(" | ") == [" ".join(e.text.split()) for e in answer.evidence]
        assert row["complainant"] == "rights_owner"
        assert row["authenticity"] == "not_checked"

    def test_metrics_stand_with_their_value(self) -> None:
        text = (SAMPLES / "notices" / "order_defect_rate.txt").read_text(encoding="utf-8")
        assert self.rows(text)["metrics"] == "order_defect_rate=2.31"

    @pytest.mark.parametrize("run", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x"])
    def test_hold_nothing_that_a_spreadsheet_would_run(self, run: str) -> None:
        (row,) = score([Message(TRADEMARK, run, run)])
        for cell in (flat(row)["id"], flat(row)["source"]):
            assert cell.startswith("'")

    @settings(deadline=None, max_examples=50)
    @given(st.text(max_size=20), st.text(max_size=20))
    def test_no_cell_begins_like_a_formula_or_breaks_its_line(self, source: str, own: str) -> None:
        (row,) = score([Message("", source, own, error=f"{source}{own}")])
        for cell in flat(row).values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert len(cell.splitlines()) <= 1

    def test_numbers_stay_numbers(self) -> None:
        assert float(self.rows("hello there")["probability"]) >= 0


class TestScore:
    @settings(deadline=None, max_examples=25)
    @given(st.lists(notice_texts, max_size=10), st.randoms())
    def test_permuting_a_batch_permutes_its_rows(self, texts: list[str], random: Any) -> None:
        order = list(range(len(texts)))
        random.shuffle(order)
        batch = messages(texts)
        straight = list(score(batch))
        shuffled = list(score([batch[i] for i in order]))
        for row, i in zip(shuffled, order, strict=True):
            assert row.message is batch[i]
            assert row.diagnosis is not None
            assert straight[i].diagnosis is not None
            assert row.diagnosis.reason == straight[i].diagnosis.reason
            assert row.diagnosis.facts == straight[i].diagnosis.facts
            assert row.diagnosis.probability == pytest.approx(straight[i].diagnosis.probability, abs=2e-4)

    @pytest.mark.parametrize("chunk", [1, 2, 3, 100])
    def test_the_size_of_a_chunk_changes_no_answer(self, chunk: int) -> None:
        batch = [*messages(NOTICES), Message("", "x", error="broken"), *messages(NOTICES)]
        rows = list(score(batch, chunk=chunk))
        assert [row.message for row in rows] == batch
        expected = [None if m.error else classify(m.text).reason for m in batch]
        assert [row.diagnosis.reason if row.diagnosis else None for row in rows] == expected

    def test_a_stream_is_read_a_chunk_at_a_time(self) -> None:
        taken = 0

        def endless() -> Iterator[Message]:
            nonlocal taken
            while True:
                taken += 1
                yield Message("hello", "x")

        stream = score(endless())
        next(stream)
        assert taken == CHUNK

    def test_nothing_in_nothing_out(self) -> None:
        assert list(score([])) == []


class TestWriting:
    ROWS = (Row(Message("", "here", "1", error="empty text"), None),)

    @pytest.mark.parametrize("suffix", TABLES)
    def test_nothing_half_written_is_found_under_the_final_name(self, tmp_path: Path, suffix: str) -> None:
        out = tmp_path / f"out{suffix}"

        def failing() -> Iterator[Row]:
            yield from self.ROWS
            raise InputError("the disk fell down")

        with pytest.raises(InputError, match="the disk fell down"):
            write_rows(out, failing())
        assert list(tmp_path.iterdir()) == []

    def test_a_failure_leaves_the_former_file_as_it_was(self, tmp_path: Path) -> None:
        table, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
        table.write_bytes(b'{"text": "a"}\n' * CHUNK + b"\xff\n")
        out.write_text("former")
        with pytest.raises(InputError, match="not UTF-8"):
            write_rows(out, score(read_table(table)))
        assert out.read_text() == "former"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.csv"]

    def test_a_table_may_be_replaced_by_its_answers(self, tmp_path: Path) -> None:
        table = write_table(tmp_path / "in.csv", [{"id": "a", "text": "hello"}])
        assert write_rows(table, score(read_table(table))) == 1
        assert [row["id"] for row in read_cells(table)] == ["a"]

    def test_each_row_is_told(self, tmp_path: Path) -> None:
        told: list[int] = []
        write_rows(tmp_path / "out.csv", list(self.ROWS) * 3, lambda: told.append(1))
        assert len(told) == 3

    @pytest.mark.parametrize("name", ["out.xlsx", "out", "out.csv.gz"])
    def test_another_kind_of_table_is_refused_before_work_begins(self, tmp_path: Path, name: str) -> None:
        def untouched() -> Iterator[Row]:
            raise AssertionError("a row was asked for")
            yield

        with pytest.raises(InputError, match=r"answers are written to \.csv, \.tsv, \.jsonl"):
            write_rows(tmp_path / name, untouched())

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such folder to write to") as caught:
            write_rows(tmp_path / "none" / "out.csv", self.ROWS)
        assert str(tmp_path / "none") in str(caught.value)

    def test_a_folder_under_the_name_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "out.csv").mkdir()
        with pytest.raises(ReinstateError, match="a folder, not a file"):
            write_rows(tmp_path / "out.csv", self.ROWS)
        assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]

    def test_a_suffix_in_capitals_is_the_same_kind(self, tmp_path: Path) -> None:
        table = tmp_path / "IN.CSV"
        table.write_text("id,text\n1,hello\n")
        assert write_rows(tmp_path / "OUT.JSONL", score(read_table(table))) == 1
        assert len(read_lines(tmp_path / "OUT.JSONL")) == 1

    def test_the_same_rows_give_the_same_bytes(self, tmp_path: Path) -> None:
        for name in ("a.jsonl", "b.jsonl"):
            write_rows(tmp_path / name, score(messages(NOTICES)))
        assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
