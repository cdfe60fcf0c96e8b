from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate.corpus import LabelledNotice
from reinstate.evaluation import Report, evaluate, judge
from reinstate.evaluation.metrics import calibration_bins
from reinstate.model import Model

#: The probability that the handmade model gives to a word of score 5, and of score 1, among five reasons.
SURE = math.exp(5) / (math.exp(5) + 4)
FAINT = math.e / (math.e + 4)

PATENT = "the letters"
FAINT_PATENT = "the invention"
TRADEMARK = "the symbol"
COPYRIGHT = "the song"
OTHER = "the lunch"
UNNAMED = "the again"


def notice(text: str, reason: str | None, **more: object) -> LabelledNotice:
    return replace(LabelledNotice(text, reason), **more)  # type: ignore[arg-type]


def value(rows: Sequence[LabelledNotice], figure: str, model: Model) -> float:
    return evaluate(rows, model=model)[figure].value


class TestHandmadeModel:
    """The ground that the other tests stand on."""

    def test_answers_as_computed_on_paper(self, handmade: Model) -> None:
        sure, faint, other, unnamed = judge(
            [notice(text, None) for text in (PATENT, FAINT_PATENT, OTHER, UNNAMED)], model=handmade
        )
        assert (sure.answer.reason, sure.answer.unsure) == ("patent", False)
        assert sure.answer.probability == pytest.approx(SURE, abs=1e-4)
        assert (faint.answer.reason, faint.answer.why_unsure) == ("patent", "close")
        assert faint.answer.probability == pytest.approx(FAINT, abs=1e-4)
        assert (other.answer.is_notice, other.answer.unsure) == (False, False)
        assert unnamed.answer.why_unsure == "unnamed"
        assert "unnamed" not in {c.reason for c in unnamed.answer.candidates}


class TestRank:
    @pytest.mark.parametrize(
        ("row", "rank"),
        [
            (notice(PATENT, "patent"), 0),
            (notice(PATENT, "copyright"), 1),
            (notice(PATENT, "not_a_notice"), 2),
            (notice(PATENT, "trademark"), None),
            (notice(PATENT, "drop_shipping"), None),
            (notice(PATENT, "trademark", accept=("patent",)), 0),
            (notice(PATENT, "trademark", accept=("copyright",)), 1),
            (notice(PATENT, None), None),
        ],
    )
    def test_is_the_place_of_the_first_right_candidate(
        self, handmade: Model, row: LabelledNotice, rank: int | None
    ) -> None:
        (judged,) = judge([row], model=handmade)
        assert judged.rank == rank
        assert judged.right is (rank == 0)


#: The candidates of a reason are itself, then the first two others of copyright, other mail, patent, trademark.
ROWS = (
    notice(PATENT, "patent", stage="warning"),  # right, sure; no word of a stage: the first one, which is wrong
    notice(PATENT, "patent", origin="memory"),  # right, sure, not found in the field
    notice(FAINT_PATENT, "patent"),  # right, unsure
    notice(TRADEMARK, "patent"),  # wrong, sure; not among the first three; same category
    notice(TRADEMARK, "copyright"),  # wrong, sure; second; same category
    notice(COPYRIGHT, "trademark", accept=("copyright",)),  # right by accept, sure
    notice(OTHER, "not_a_notice"),  # right, sure
    notice(OTHER, "patent"),  # a notice called other mail; third
    notice(PATENT, "not_a_notice", stage="account_deactivated"),  # other mail surely a notice; third
    notice(UNNAMED, None),  # unsure as it should be
    notice(PATENT, None),  # sure where no reason is named
    notice("der die das letters", "copyright", language="de"),  # unsure as it should be
    notice("the letters", "copyright", language="fr"),  # taken for English, and wrong
)


@pytest.fixture(scope="module")
def report(handmade: Model) -> Report:
    return evaluate(ROWS, model=handmade)


class TestFigures:
    @pytest.mark.parametrize(
        ("figure", "right", "rows"),
        [
            ("top1", 5, 9),
            ("top1_found", 4, 8),
            ("top1_notices", 4, 7),
            ("top3", 8, 9),
            ("category", 7, 9),
            ("sure_right", 4, 8),
            ("sure_share", 8, 9),
            ("notices_called_other_mail", 1, 7),
            ("other_mail_surely_a_notice", 1, 2),
            ("unnamed_right", 1, 2),
            ("foreign_right", 1, 2),
            ("stage", 1, 2),
        ],
    )
    def test_shares_are_those_counted_by_hand(self, report: Report, figure: str, right: int, rows: int) -> None:
        assert report[figure].rows == rows
        assert report[figure].value == pytest.approx(right / rows)

    def test_figures_stand_between_the_ends_of_their_interval(self, report: Report) -> None:
        for figure in report.figures:
            assert figure.low <= figure.value <= figure.high, figure.name

    def test_confusions_count_wrong_first_answers(self, report: Report) -> None:
        assert sorted(report.confusions) == [
            ("copyright", "trademark", 1),
            ("not_a_notice", "patent", 1),
            ("patent", "not_a_notice", 1),
            ("patent", "trademark", 1),
        ]

    def test_recall_by_reason(self, report: Report) -> None:
        assert report.per_reason == (
            ("copyright", 1, 0.0),
            ("not_a_notice", 2, 0.5),
            ("patent", 5, 0.6),
            ("trademark", 1, 1.0),
        )

    def test_every_row_is_judged_in_order(self, report: Report) -> None:
        assert [j.notice for j in report.judged] == list(ROWS)

    def test_plain_data_is_json_with_all_figures(self, report: Report) -> None:
        data = json.loads(json.dumps(report.as_dict(), allow_nan=False))
        assert set(data["figures"]) == {figure.name for figure in report.figures}
        assert data["figures"]["top1"]["value"] == round(5 / 9, 4)
        assert data["per_reason"]["patent"] == {"rows": 5, "right": 0.6}
        assert sum(entry["times"] for entry in data["confusions"]) == 4


class TestMacroF1:
    def test_of_two_reasons_by_hand(self, handmade: Model) -> None:
        rows = [notice(PATENT, "patent"), notice(PATENT, "patent"), notice(PATENT, "trademark")]
        rows += [notice(TRADEMARK, "trademark")]
        # patent: precision 2/3, recall 1; trademark: precision 1, recall 1/2.
        assert value(rows, "macro_f1", handmade) == pytest.approx((0.8 + 2 / 3) / 2)

    def test_an_accepted_reason_is_no_error(self, handmade: Model) -> None:
        rows = [notice(PATENT, "trademark", accept=("patent",)), notice(PATENT, "patent")]
        assert value(rows, "macro_f1", handmade) == 1.0


class TestCalibration:
    def test_error_is_the_mean_distance_of_probability_and_share(self, handmade: Model) -> None:
        rows = [notice(PATENT, "patent")] * 3 + [notice(PATENT, "trademark")] + [notice(FAINT_PATENT, "patent")] * 4
        expected = (4 * abs(SURE - 0.75) + 4 * abs(FAINT - 1.0)) / 8
        assert value(rows, "calibration_error", handmade) == pytest.approx(expected, abs=1e-4)

    def test_bins_hold_probability_share_and_rows(self, handmade: Model) -> None:
        judged = judge(
            [notice(PATENT, "patent"), notice(PATENT, "trademark"), notice(FAINT_PATENT, None)], model=handmade
        )
        low, high = calibration_bins(judged)
        assert low == pytest.approx((FAINT, 0.0, 1), abs=1e-4)
        assert high == pytest.approx((SURE, 0.5, 2), abs=1e-4)

    def test_certainty_itself_falls_into_the_last_bin(self, handmade: Model) -> None:
        (judged,) = judge([notice(PATENT, "patent")], model=handmade)
        certain = replace(judged, answer=replace(judged.answer, probability=1.0))
        assert calibration_bins([certain, judged])[-1][2] == 2


class TestSets:
    def test_coverage_counts_rows_whose_set_holds_a_right_reason(self, handmade: Model) -> None:
        # Coverage of the model is 0.6: one sure reason fills the set, a faint one wants a second (0.40 + 0.15)
        # and a third (0.70).
        rows = [notice(PATENT, "patent"), notice(PATENT, "trademark"), notice(FAINT_PATENT, "not_a_notice")]
        assert value(rows, "set_size", handmade) == pytest.approx((1 + 1 + 3) / 3)
        assert value(rows, "set_coverage", handmade) == pytest.approx(2 / 3)


class TestFieldSetRules:
    def test_a_row_without_a_reason_is_right_when_unsure_with_the_right_stage(self, handmade: Model) -> None:
        right = notice("the again closed", None, stage="account_deactivated")
        wrong_stage = notice("the again closed", None, stage="warning")
        sure = notice(PATENT, None, stage="account_deactivated")
        assert value([right], "unnamed_right", handmade) == 1.0
        assert value([wrong_stage], "unnamed_right", handmade) == 0.0
        assert value([sure], "unnamed_right", handmade) == 0.0

    @pytest.mark.parametrize("language", [None, "en"])
    def test_english_rows_make_the_figures(self, handmade: Model, language: str | None) -> None:
        rows = [notice(PATENT, "patent", language=language), notice(PATENT, "trademark", language="de")]
        assert value(rows, "top1", handmade) == 1.0

    def test_a_row_in_another_language_is_right_when_unsure_or_right(self, handmade: Model) -> None:
        rows = [
            notice("der die das letters", "trademark", language="de"),  # seen as German: unsure
            notice(PATENT, "patent", language="de"),  # taken for English, yet right
            notice(PATENT, "trademark", language="de"),  # taken for English, and wrong
        ]
        assert value(rows, "foreign_right", handmade) == pytest.approx(2 / 3)

    def test_rows_from_memory_are_left_out_of_the_headline_alone(self, handmade: Model) -> None:
        rows = [notice(PATENT, "patent", origin="found"), notice(PATENT, "trademark", origin="memory")]
        assert value(rows, "top1_found", handmade) == 1.0
        assert value(rows, "top1", handmade) == 0.5

    def test_the_category_of_an_accepted_reason_counts(self, handmade: Model) -> None:
        rows = [notice(PATENT, "drop_shipping", accept=("trademark",))]
        assert value(rows, "category", handmade) == 1.0
        assert value(rows, "top1", handmade) == 0.0


class TestIntervals:
    def test_have_no_width_where_all_rows_agree(self, handmade: Model) -> None:
        figure = evaluate([notice(PATENT, "patent")] * 5, model=handmade)["top1"]
        assert (figure.low, figure.value, figure.high) == (1.0, 1.0, 1.0)

    def test_are_those_of_the_binomial_where_every_row_stands_alone(self, handmade: Model) -> None:
        rows = [notice(PATENT, "patent")] * 50 + [notice(PATENT, "trademark")] * 50
        figure = evaluate(rows, model=handmade)["top1"]
        half = 1.96 * math.sqrt(0.25 / 100)
        assert figure.low == pytest.approx(0.5 - half, abs=0.03)
        assert figure.high == pytest.approx(0.5 + half, abs=0.03)

    def test_are_wider_where_rows_share_their_wording(self, handmade: Model) -> None:
        alone = [notice(PATENT, "patent" if i % 2 else "trademark") for i in range(40)]
        shared = [replace(row, group=f"g{i // 10 * 2 + i % 2}") for i, row in enumerate(alone)]
        wide, narrow = (evaluate(rows, model=handmade)["top1"] for rows in (shared, alone))
        assert wide.value == narrow.value
        assert wide.high - wide.low > narrow.high - narrow.low

    def test_of_one_group_say_nothing_more_than_the_figure(self, handmade: Model) -> None:
        rows = [notice(PATENT, "patent", group="g"), notice(PATENT, "trademark", group="g")]
        figure = evaluate(rows, model=handmade)["top1"]
        assert (figure.low, figure.value, figure.high) == (0.5, 0.5, 0.5)

    def test_come_out_the_same_each_time(self, handmade: Model) -> None:
        assert evaluate(ROWS, model=handmade).as_dict() == evaluate(ROWS, model=handmade).as_dict()


class TestNoRows:
    def test_a_figure_without_rows_is_not_a_number_and_null_in_json(self, handmade: Model) -> None:
        report = evaluate([notice(PATENT, "patent")], model=handmade)
        figure = report["foreign_right"]
        assert figure.rows == 0
        assert all(np.isnan([figure.value, figure.low, figure.high]))
        assert report.as_dict()["figures"]["foreign_right"]["value"] is None

    def test_of_nothing_at_all(self, handmade: Model) -> None:
        report = evaluate([], model=handmade)
        assert {figure.rows for figure in report.figures} == {0}
        assert (report.confusions, report.per_reason, report.judged) == ((), (), ())


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([PATENT, FAINT_PATENT, TRADEMARK, OTHER, UNNAMED, "der die das letters"]),
            st.sampled_from(["patent", "trademark", "not_a_notice", "drop_shipping", None]),
            st.sampled_from([None, "en", "de"]),
            st.sampled_from([None, "a", "b"]),
            st.sampled_from([None, "warning"]),
        ),
        max_size=12,
    )
)
def test_figures_of_any_rows_are_bounded_and_ordered(
    handmade: Model, rows: list[tuple[str, str | None, str | None, str | None, str | None]]
) -> None:
    notices = [notice(t, r, language=lang, group=group, stage=stage) for t, r, lang, group, stage in rows]
    report = evaluate(notices, model=handmade)
    shares = [f for f in report.figures if f.rows and f.name != "set_size"]
    assert all(0 <= f.low <= f.high <= 1 and 0 <= f.value <= 1 for f in shares)
    named = [f for f in report.figures if f.name in ("top1", "top3")]
    assert all(math.isnan(f.value) for f in named) or named[0].value <= named[1].value
    assert sum(times for _, _, times in report.confusions) == sum(
        1 for j in report.judged if j.notice.reason and j.notice.language in (None, "en") and not j.right
    )
