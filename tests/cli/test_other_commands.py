from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reinstate.playbooks
from reinstate.corpus import read_folder, write_rows
from reinstate.model import default_model, load_model
from reinstate.playbooks import load_playbook, playbook_names, to_markdown
from reinstate.taxonomy import default_taxonomy

DATA = Path(__file__).parents[2] / "data"
Run = Callable[..., Any]


class TestPlaybook:
    @pytest.mark.parametrize("arguments", [(), ("--markdown",)])
    def test_a_pipe_gets_markdown(self, run: Run, arguments: tuple[str, ...]) -> None:
        end = run("playbook", "trademark", *arguments)
        assert (end.code, end.err) == (0, "")
        assert end.out == to_markdown(load_playbook("trademark"))

    def test_a_terminal_gets_it_laid_out(self, run: Run, terminal: Callable[[int], None]) -> None:
        terminal(60)
        end = run("playbook", "trademark")
        lines = re.sub(r"\x1b\[[0-9;]*m", "", end.out).splitlines()
        assert end.out != re.sub(r"\x1b\[[0-9;]*m", "", end.out)
        assert lines[0] == load_playbook("trademark").title
        assert max(map(len, lines)) <= 60
        assert not any("**" in line or line.startswith("#") for line in lines)

    def test_a_terminal_gets_markdown_where_that_is_asked_for(self, run: Run, terminal: Callable[[int], None]) -> None:
        terminal(60)
        assert run("playbook", "trademark", "--markdown").out == to_markdown(load_playbook("trademark"))

    @pytest.mark.parametrize(
        ("wrong", "right"), [("trademarks", "trademark"), ("odr_defect_rate", "order_defect_rate")]
    )
    def test_a_misspelt_reason_is_met_with_the_nearest(self, run: Run, wrong: str, right: str) -> None:
        end = run("playbook", wrong)
        assert (end.code, end.out) == (2, "")
        assert end.error.startswith(f"there is no reason {wrong!r} (did you mean {right!r}?)")

    @pytest.mark.parametrize("wrong", ["qqqqqqqq", "../trademark", "_common", ""])
    def test_an_unknown_reason_is_refused(self, run: Run, wrong: str) -> None:
        end = run("playbook", wrong)
        assert end.code == 2
        assert "there is no reason" in end.error
        assert "reinstate reasons" in end.error

    def test_other_mail_has_none(self, run: Run) -> None:
        end = run("playbook", "not_a_notice")
        assert end.code == 2
        assert "there is no playbook for 'not_a_notice'" in end.error

    def test_a_folder_of_ones_own_goes_first_and_may_add_reasons(self, run: Run, tmp_path: Path) -> None:
        shipped = Path(reinstate.playbooks.__file__).parent / "patent.toml"
        own = shipped.read_text(encoding="utf-8").replace('title = "', 'title = "Our way: ', 1)
        for name in ("patent", "late_invoice"):
            (tmp_path / f"{name}.toml").write_text(own, encoding="utf-8")
            assert run("playbook", name, "--playbooks", tmp_path).out.startswith("# Our way: ")
        assert run("playbook", "trademark", "--playbooks", tmp_path).code == 0

    def test_a_malformed_one_is_named(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "patent.toml").write_text('title = "x"\n')
        end = run("playbook", "patent", "--playbooks", tmp_path)
        assert end.code == 2
        assert end.error.startswith(f"{tmp_path / 'patent.toml'}: 'reason'")


class TestReasons:
    def test_lists_every_reason_and_stage_under_its_category(self, run: Run) -> None:
        end = run("reasons")
        assert (end.code, end.err) == (0, "")
        listed = re.findall(r"^  (\w+)$", end.out, re.MULTILINE)
        taxonomy = default_taxonomy()
        assert sorted(listed) == sorted([*taxonomy.reasons, *taxonomy.stages])
        assert set(playbook_names()) <= set(listed)


class TestScore:
    @pytest.fixture
    def table(self, tmp_path: Path, notices: dict[str, Path]) -> Path:
        file = tmp_path / "in.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["id", "text"])
            writer.writerows([reason, path.read_text(encoding="utf-8")] for reason, path in notices.items())
            writer.writerow(["empty", ""])
        return file

    @pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl"])
    def test_writes_one_row_for_each_and_says_so(
        self, run: Run, table: Path, notices: dict[str, Path], tmp_path: Path, suffix: str
    ) -> None:
        out = tmp_path / f"out.{suffix}"
        end = run("score", table, "-o", out)
        assert (end.code, end.out) == (0, "")
        assert end.err == f"{len(notices) + 1} rows written to {out}, 1 of them with an error\n"
        with out.open(encoding="utf-8", newline="") as stream:
            rows: list[dict[str, Any]]
            if suffix == "jsonl":
                rows = [json.loads(line) for line in stream]
            else:
                rows = list(csv.DictReader(stream, delimiter="\t" if suffix == "tsv" else ","))
        assert [row["id"] for row in rows] == [*notices, "empty"]
        assert [row.get("reason") or None for row in rows] == [*notices, None]

    def test_keeps_silent_when_asked_to(self, run: Run, table: Path, tmp_path: Path) -> None:
        end = run("score", table, "--out", tmp_path / "out.csv", "--quiet")
        assert (end.code, end.out, end.err) == (0, "", "")

    def test_says_nothing_of_errors_where_there_are_none(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "in.jsonl").write_text('{"text": "hello"}\n')
        end = run("score", tmp_path / "in.jsonl", "-o", tmp_path / "out.csv")
        assert end.err == f"1 rows written to {tmp_path / 'out.csv'}\n"

    def test_reads_another_column(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "in.jsonl").write_text('{"body": "hello"}\n')
        end = run("score", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--text-column", "body")
        assert end.code == 0
        assert json.loads((tmp_path / "out.jsonl").read_text())["error"] is None

    def test_uses_a_model_of_ones_own(self, run: Run, table: Path, tmp_path: Path, model_copy: Path) -> None:
        assert run("score", table, "-o", tmp_path / "out.jsonl", "--model", model_copy, "-q").code == 0
        first = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")[0])
        assert first["model"] == load_model(model_copy).title

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("in.csv", "id,body\n1,x\n", "no column 'text' (there are: id, body); name it with --text-column"),
            ("in.xlsx", "", "tables are read from .csv, .tsv, .jsonl"),
            ("in.csv", "", "no column 'text'"),
            ("in.jsonl", None, "no such file"),
        ],
    )
    def test_a_table_that_cannot_be_read_leaves_nothing_behind(
        self, run: Run, tmp_path: Path, name: str, content: str | None, message: str
    ) -> None:
        if content is not None:
            (tmp_path / name).write_text(content)
        before = sorted(tmp_path.iterdir())
        end = run("score", tmp_path / name, "-o", tmp_path / "out.csv")
        assert (end.code, end.out) == (2, "")
        assert message in end.error
        assert sorted(tmp_path.iterdir()) == before

    @pytest.mark.parametrize("name", ["out.xlsx", "none/out.csv", "folder.csv"])
    def test_a_place_that_takes_no_table_is_refused(self, run: Run, table: Path, tmp_path: Path, name: str) -> None:
        (tmp_path / "folder.csv").mkdir()
        end = run("score", table, "-o", tmp_path / name)
        assert end.code == 2
        assert str((tmp_path / name).parent) in end.error

    def test_trouble_of_the_machine_is_one_line_too(self, run: Run, table: Path, tmp_path: Path) -> None:
        end = run("score", table, "-o", tmp_path / ("n" * 300 + ".csv"))
        assert end.code == 1
        assert end.error.endswith("File name too long")


class TestEvaluate:
    def test_prints_figures_with_intervals(self, run: Run, labelled: Path, notices: dict[str, Path]) -> None:
        end = run("evaluate", labelled)
        assert (end.code, end.err) == (0, "")
        share = len(notices) / (len(notices) + 1)
        assert re.search(rf"^right reason first +{share:.3f} +\d\.\d+ to \d\.\d+ +{len(notices) + 1}$", end.out, re.M)
        assert re.search(r"^  patent +drop_shipping +1$", end.out, re.M)

    def test_json_is_plain_data(self, run: Run, labelled: Path, notices: dict[str, Path]) -> None:
        data = json.loads(run("evaluate", labelled, "--json").out)
        assert data["figures"]["top1"]["rows"] == len(notices) + 1
        assert data["figures"]["foreign_right"]["value"] is None

    def test_lists_every_wrong_answer_where_asked(self, run: Run, labelled: Path) -> None:
        assert "mislabelled" not in run("evaluate", labelled).out
        end = run("evaluate", labelled, "--errors")
        assert re.search(r"^  mislabelled  patent -> drop_shipping \d\.\d\d", end.out, re.M)

    def test_writes_metrics_and_plots(self, run: Run, labelled: Path, tmp_path: Path) -> None:
        out = tmp_path / "new" / "folder"
        end = run("evaluate", labelled, "--json", "--out", out)
        assert (end.code, end.err) == (0, f"metrics.json and 3 plots written to {out}\n")
        assert json.loads((out / "metrics.json").read_text(encoding="utf-8")) == json.loads(end.out)
        assert {path.read_bytes()[:4] for path in out.glob("*.png")} == {b"\x89PNG"}
        assert len(list(out.iterdir())) == 4

    def test_a_file_in_the_place_of_the_folder_is_one_line(self, run: Run, labelled: Path) -> None:
        end = run("evaluate", labelled, "--json", "--out", labelled)
        assert end.code == 1
        assert end.error.startswith(f"{labelled}: ")

    def test_uses_a_model_of_ones_own(self, run: Run, labelled: Path, model_copy: Path) -> None:
        assert json.loads(run("evaluate", labelled, "--json", "--model", model_copy).out)["figures"]["top1"]["value"]
        (model_copy / "weights.npz").write_bytes(b"")
        assert run("evaluate", labelled, "--model", model_copy).code == 1

    @pytest.mark.parametrize(
        ("name", "content", "code", "message"),
        [
            ("none.jsonl", None, 2, "no such file"),
            ("empty.jsonl", "\n\n", 2, "no rows"),
            ("in.txt", "x", 2, "labelled notices are read from .jsonl, .csv or .parquet"),
            ("in.jsonl", '{"text": "x", "reason": "trademarks"}', 1, "did you mean 'trademark'?"),
        ],
    )
    def test_rows_that_cannot_be_used(
        self, run: Run, tmp_path: Path, name: str, content: str | None, code: int, message: str
    ) -> None:
        if content is not None:
            (tmp_path / name).write_text(content)
        end = run("evaluate", tmp_path / name)
        assert (end.code, end.out) == (code, "")
        assert str(tmp_path / name) in end.error
        assert message in end.error


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the corpus: three reasons, few rows of many voices."""
    folder = tmp_path_factory.mktemp("few")
    wanted = ("trademark", "drop_shipping", "not_a_notice")
    for reason in wanted:
        shutil.copy(DATA / f"{reason}.jsonl", folder)
        rows = read_folder(folder)
        write_rows(folder / f"{reason}.jsonl", [r for r in rows if r.reason == reason][::8])
    return folder


class TestTrain:
    def test_leaves_a_model_that_answers(self, run: Run, few: Path, tmp_path: Path, notices: dict[str, Path]) -> None:
        out = tmp_path / "own"
        end = run("train", few, "--out", out, "--name", "ours", "--jobs", "1", "--pipeline")
        assert end.code == 0
        assert end.out.startswith(f"ours@{load_model(out).version}: ")
        assert f"writing {out}" in end.err
        assert (out / "pipeline.joblib").is_file()
        answer = json.loads(run("classify", "--json", "--model", out, notices["trademark"]).out)
        assert answer["reason"] == "trademark"
        assert answer["model"] != default_model().title

    @pytest.mark.parametrize(
        ("name", "content", "code", "message"),
        [
            ("none", None, 2, "no such file"),
            ("none.jsonl", None, 2, "no such file"),
            ("rows.jsonl", '{"text": "x"}', 1, "rows.jsonl:1: 'reason' is missing"),
            ("rows.jsonl", '{"text": "x", "reason": "patent"}', 1, "at least two reasons"),
        ],
    )
    def test_rows_that_cannot_be_used_leave_no_model(
        self, run: Run, tmp_path: Path, name: str, content: str | None, code: int, message: str
    ) -> None:
        if content is not None:
            (tmp_path / name).write_text(content)
        end = run("train", tmp_path / name, "--out", tmp_path / "own")
        assert end.code == code
        assert message in end.error
        assert not (tmp_path / "own").exists()

    def test_a_folder_without_rows_is_named(self, run: Run, tmp_path: Path) -> None:
        end = run("train", tmp_path, "--out", tmp_path / "own")
        assert end.code == 2
        assert end.error.startswith(f"{tmp_path}: no folder with labelled notices")

    def test_a_folder_of_other_things_is_never_replaced(self, run: Run, few: Path, tmp_path: Path) -> None:
        (tmp_path / "letters.txt").write_text("years of work")
        end = run("train", few, "--out", tmp_path)
        assert end.code == 2
        assert end.error.startswith(f"{tmp_path}: is there and is no model")
        assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
