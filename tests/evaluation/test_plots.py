from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from reinstate.corpus import LabelledNotice
from reinstate.errors import MissingExtraError
from reinstate.evaluation import evaluate
from reinstate.evaluation.plots import calibration, confusions, draw, reasons
from reinstate.model import Model
from reinstate.taxonomy import default_taxonomy

PATENT = default_taxonomy().title_of("patent")
ROWS = [
    LabelledNotice("the letters", "patent"),
    LabelledNotice("the letters", "trademark"),
    LabelledNotice("the letters", "trademark"),
    LabelledNotice("the lunch", "not_a_notice"),
    LabelledNotice("the again", None),
    LabelledNotice("der die das letters", "patent", language="de"),
]


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[-12:-4] == b"\x00\x00\x00\x00IEND"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[4:], []], ids=["mixed", "all right", "no reason", "none"])
def test_all_plots_are_written_as_png(handmade: Model, tmp_path: Path, rows: list[LabelledNotice]) -> None:
    drawn = draw(evaluate(rows, model=handmade), default_taxonomy(), tmp_path / "new" / "plots")
    assert sorted(path.name for path in drawn) == ["calibration.png", "confusions.png", "reasons.png"]
    for path in drawn:
        width, height = size(path.read_bytes())
        assert width > 200
        assert height > 100


def test_the_same_report_gives_the_same_bytes(handmade: Model, tmp_path: Path) -> None:
    report = evaluate(ROWS, model=handmade)
    first, second = (draw(report, default_taxonomy(), tmp_path / name) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_confusions_show_how_often_what_was_taken_for_what(handmade: Model) -> None:
    (axes,) = confusions(evaluate(ROWS, model=handmade), default_taxonomy()).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Trademark", PATENT]
    assert [text.get_text() for text in axes.texts] == ["2"]


def test_a_reason_of_ones_own_stands_with_the_others(handmade: Model, tmp_path: Path) -> None:
    report = evaluate([*ROWS, LabelledNotice("the letters", "late_invoice")], model=handmade)
    (axes,) = confusions(report, default_taxonomy()).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Trademark", PATENT, "late_invoice"]
    assert len(draw(report, default_taxonomy(), tmp_path)) == 3


def test_calibration_counts_english_rows_that_name_a_reason(handmade: Model) -> None:
    (axes,) = calibration(evaluate(ROWS, model=handmade)).axes
    assert [text.get_text() for text in axes.texts] == ["4"]


def test_reasons_stand_in_the_order_of_the_taxonomy_with_their_rows(handmade: Model) -> None:
    (axes,) = reasons(evaluate(ROWS, model=handmade), default_taxonomy()).axes
    from_top = [label.get_text() for label in axes.get_yticklabels()][::-1]
    assert [label.rsplit(" ", 1)[1] for label in from_top] == ["(2)", "(1)", "(1)"]
    assert from_top[0].startswith("Trademark")
    assert [bar.get_width() for bar in axes.patches][::-1] == [0.0, 1.0, 1.0]


def test_a_missing_matplotlib_is_named_with_the_command_that_installs_it(
    handmade: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = evaluate(ROWS, model=handmade)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'pip install "reinstate\[train\]"'):
        draw(report, default_taxonomy(), tmp_path)
    assert list(tmp_path.iterdir()) == []
