from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reinstate.corpus import LabelledNotice, digest
from reinstate.errors import InputError, LabelError
from reinstate.model import load_model
from reinstate.model.ngrams import WORD, Block
from reinstate.model.storage import MANIFEST, VOCABULARY, WEIGHTS
from reinstate.taxonomy import default_taxonomy, load_taxonomy
from reinstate.text import clean
from reinstate.training import train
from reinstate.training.settings import BlockSettings, Settings


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


@pytest.fixture
def tiny_settings(small_settings: Settings) -> Settings:
    return replace(small_settings, blocks=(BlockSettings(Block(WORD, 1, 1), 1, 500),))


def tiny_rows(reasons: int = 3, each: int = 4) -> list[LabelledNotice]:
    """Rows of clear wording: a word of its own for each reason and stage."""
    slugs = default_taxonomy().block_reasons()[:reasons]
    return [
        LabelledNotice(
            f"Your account has the problem {slug} and is now in state {stage}, mail {'abcdefgh'[number]}.",
            slug,
            stage=stage,
            group=f"{slug}-{number}",
        )
        for slug in slugs
        for number, stage in enumerate(["warning", "listing_removed"] * (each // 2))
    ]


def test_the_same_rows_give_the_same_bytes(small_run: Any, small_settings: Settings, tmp_path: Path) -> None:
    train(small_run.rows, tmp_path / "again", settings=small_settings, name="small", jobs=2)
    assert files(tmp_path / "again") == files(small_run.path)


def test_other_rows_give_another_version(small_run: Any, small_settings: Settings, tmp_path: Path) -> None:
    result = train(small_run.rows[:-1], tmp_path / "fewer", settings=small_settings, jobs=1)
    assert result.model.version != small_run.model.version


def test_the_directory_holds_what_the_design_says(small_run: Any) -> None:
    assert set(files(small_run.path)) == {MANIFEST, WEIGHTS, VOCABULARY, "metrics.json", "MODEL_CARD.md"}


def test_the_manifest_says_what_the_model_was_made_of(small_run: Any) -> None:
    manifest = small_run.model.manifest
    assert manifest["training"]["rows"] == len(small_run.rows)
    assert manifest["training"]["digest"] == digest(small_run.rows)
    assert manifest["training"]["voices"] == dict(sorted(Counter(row.voice for row in small_run.rows).items()))
    assert {"reinstate", "python", "numpy", "scipy", "sklearn"} <= set(manifest["packages"])
    assert manifest["version"] == hashlib.sha256((small_run.path / WEIGHTS).read_bytes()).hexdigest()[:12]


def test_the_vocabulary_lists_the_features_block_by_block(small_run: Any) -> None:
    terms = (small_run.path / VOCABULARY).read_text(encoding="utf-8").split("\n")
    assert terms.pop() == ""
    assert len(terms) == sum(count for _, count in small_run.model.blocks)
    assert terms == [
        str(term)
        for _, vectorizer in small_run.result.fitted.features.transformer_list
        for term in vectorizer.get_feature_names_out()
    ]


def test_a_notice_that_names_no_reason_has_an_inner_label(small_run: Any) -> None:
    taxonomy = default_taxonomy()
    named = {row.reason for row in small_run.rows if row.reason}
    assert set(small_run.model.reasons) == {*named, taxonomy.unnamed}
    assert small_run.result.metrics["rows"][taxonomy.unnamed] == sum(row.reason is None for row in small_run.rows)
    assert taxonomy.unnamed not in small_run.result.metrics["held_out"]["per_reason"]


def test_the_figures_are_those_of_the_file_and_shares_of_one(small_run: Any) -> None:
    metrics = small_run.result.metrics
    assert json.loads((small_run.path / "metrics.json").read_text(encoding="utf-8")) == metrics
    held = metrics["held_out"]
    shares = [value for value in (*held.values(), *held["per_reason"].values()) if isinstance(value, float)]
    assert all(0 <= share <= 1 for share in shares)
    assert held["top1"] <= held["top3"]
    assert set(held["per_reason"]) == {row.reason for row in small_run.rows if row.reason}
    assert metrics["rows"] == Counter(row.reason or default_taxonomy().unnamed for row in small_run.rows)


def test_clear_wording_is_learnt_and_found_again(tiny_settings: Settings, tmp_path: Path) -> None:
    rows = tiny_rows(each=6)
    result = train(rows, tmp_path / "model", settings=tiny_settings, jobs=1)
    assert result.metrics["held_out"]["top1"] == 1.0
    assert result.metrics["held_out"]["stage"] == 1.0


def test_figures_are_measured_on_wording_that_the_fit_never_saw(tiny_settings: Settings, tmp_path: Path) -> None:
    """Each text stands twice, in one group, with a label that nothing in the text tells."""
    generator = np.random.default_rng(0)
    rows = [
        LabelledNotice(" ".join(generator.choice([*"abcdefghijklmnop"], 12)) + f" w{'x' * number}", reason, stage=stage)
        for number, (reason, stage) in enumerate(
            zip(
                generator.choice(["patent", "trademark", "copyright", "inauthentic"], 60),
                ["none", "warning"] * 30,
                strict=True,
            )
        )
    ]
    twice = [replace(row, group=str(number)) for number, row in enumerate(rows) for _ in range(2)]
    result = train(twice, tmp_path / "model", settings=tiny_settings, jobs=1)
    assert result.metrics["held_out"]["top1"] < 0.5
    assert result.metrics["held_out"]["stage"] < 0.7


@pytest.mark.parametrize("reasons", [2, 3])
def test_a_model_of_few_reasons_can_be_trained_and_loaded(
    tiny_settings: Settings, tmp_path: Path, reasons: int
) -> None:
    rows = tiny_rows(reasons)
    train(rows, tmp_path / "model", settings=tiny_settings, jobs=1)
    model = load_model(tmp_path / "model")
    assert len(model.reasons) == reasons
    scores = model.score([clean(row.text).text for row in rows])
    assert [model.reasons[i] for i in scores.reasons.argmax(axis=1)] == [row.reason for row in rows]
    assert [model.stages[i] for i in scores.stages.argmax(axis=1)] == [row.stage for row in rows]


def test_rows_without_a_stage_are_welcome(tiny_settings: Settings, tmp_path: Path) -> None:
    rows = tiny_rows()
    rows = [*rows, *(replace(row, stage=None) for row in rows)]
    model = train(rows, tmp_path / "model", settings=tiny_settings, jobs=1).model
    assert model.stages == ("listing_removed", "warning")


def test_a_reason_of_the_users_own_can_be_learnt(tiny_settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[reasons.gated]\ncategory = "fraud"\ntitle = "Gated brand"\ndescription = "D."\n', "utf-8")
    rows = [*tiny_rows(), *(replace(row, reason="gated", group=f"own-{row.group}") for row in tiny_rows(1))]
    train(rows, tmp_path / "model", settings=tiny_settings, taxonomy=load_taxonomy(own), jobs=1)
    assert "gated" in load_model(tmp_path / "model").reasons
    assert "Gated brand" in (tmp_path / "model" / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_progress_is_told(tiny_settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    train(tiny_rows(), tmp_path / "model", settings=tiny_settings, jobs=1, progress=said.append)
    assert said[0] == "cleaning 12 texts"
    assert said[-1] == f"writing {tmp_path / 'model'}"


def one_row(reason: str, **more: Any) -> LabelledNotice:
    return LabelledNotice("Your account and more.", reason, stage="none", group=reason, **more)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "at least two reasons"),
        (tiny_rows(1), "at least two reasons"),
        ([*tiny_rows(), one_row("copyright"), one_row("patent")], r"\(at least 2 each\): copyright, patent"),
        ([replace(row, stage="warning") for row in tiny_rows()], "at least two stages"),
        ([replace(row, stage=None) for row in tiny_rows()], "at least two stages"),
        ([replace(row, group="one") for row in tiny_rows()], "all rows share one group or voice"),
        ([replace(row, group=row.reason) for row in tiny_rows(2)], "too few rows to learn from"),
    ],
)
def test_too_few_rows_are_a_clear_error_and_leave_nothing(
    tiny_settings: Settings, tmp_path: Path, rows: list[LabelledNotice], message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        train(rows, tmp_path / "model", settings=tiny_settings, jobs=1)
    assert not list(tmp_path.iterdir())


def test_rows_of_disjoint_wording_are_too_few(small_settings: Settings, tmp_path: Path) -> None:
    rows = [replace(row, text=chr(ord("a") + i) * (5 + i)) for i, row in enumerate(tiny_rows())]
    settings = replace(small_settings, blocks=(BlockSettings(Block(WORD, 1, 1), 2, 500),))
    with pytest.raises(LabelError, match="share too few words"):
        train(rows, tmp_path / "model", settings=settings, jobs=1)


def test_a_folder_of_other_things_is_refused_before_any_work(tiny_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "notices.jsonl").write_bytes(b"years of work")
    said: list[str] = []
    with pytest.raises(InputError, match="is no model"):
        train(tiny_rows(), tmp_path, settings=tiny_settings, jobs=1, progress=said.append)
    assert said == []
    assert files(tmp_path) == {"notices.jsonl": b"years of work"}


def test_a_failed_run_leaves_the_model_that_was_there(tiny_settings: Settings, model_copy: Path) -> None:
    before = files(model_copy)
    with pytest.raises(LabelError):
        train(tiny_rows(1), model_copy, settings=tiny_settings, jobs=1)
    assert files(model_copy) == before


def test_a_model_is_replaced_by_the_next(tiny_settings: Settings, model_copy: Path) -> None:
    (model_copy / "pipeline.joblib").write_bytes(b"stale")
    result = train(tiny_rows(), model_copy, settings=tiny_settings, jobs=1)
    assert load_model(model_copy).version == result.model.version
    assert "pipeline.joblib" not in files(model_copy)
