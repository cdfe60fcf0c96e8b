"""Tables for the terminal: the labels, the figures of an evaluation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reinstate.cli.style import Style
from reinstate.taxonomy import Taxonomy

if TYPE_CHECKING:
    from reinstate.evaluation import Report

#: What each figure of an evaluation is called for people.
_NAMES = {
    "category": "right category",
    "top1": "right reason first",
    "top1_found": "  the same, notices found in the field only",
    "top1_notices": "  the same, without other mail",
    "top3": "right reason among the first three",
    "macro_f1": "macro-F1 over reasons",
    "sure_share": "sure answers",
    "sure_right": "  of those right",
    "calibration_error": "expected calibration error",
    "set_coverage": "set of reasons holds the right one",
    "set_size": "  reasons in the set, mean",
    "stage": "right stage",
    "other_mail_surely_a_notice": "other mail surely called a notice",
    "notices_called_other_mail": "notices called other mail",
    "unnamed_right": "no reason named: unsure, stage right",
    "foreign_right": "other languages: unsure or right",
}
_CONFUSIONS = 12


def render_taxonomy(taxonomy: Taxonomy, style: Style) -> str:
    """Reasons under their categories, then stages."""
    lines = []
    for category, title in taxonomy.categories.items():
        lines.append(style.heading(title, "bold", "cyan"))
        for reason in taxonomy.reasons.values():
            if reason.category == category:
                lines.append("  " + style.paint(reason.slug, "bold"))
                lines.append(style.wrap(reason.description, "      "))
    lines.append(style.paint("Stages", "bold", "cyan"))
    for stage in taxonomy.stages.values():
        lines.append("  " + style.paint(stage.slug, "bold"))
        lines.append(style.wrap(stage.description, "      "))
    return "\n".join(lines)


def render_report(report: Report) -> str:
    """The figures of an evaluation, with intervals, and the commonest confusions."""
    lines = [f"{'figure':<44}{'value':>8}   {'95 % interval':<16}{'rows':>5}"]
    for figure in report.figures:
        if math.isnan(figure.value):
            continue
        interval = f"{figure.low:.3f} to {figure.high:.3f}"
        lines.append(f"{_NAMES[figure.name]:<44}{figure.value:>8.3f}   {interval:<16}{figure.rows:>5}")
    if report.confusions:
        lines += ["", "taken for another, most often (truth, answer, times)"]
        lines += [f"  {t:<22}{a:<22}{n:>3}" for t, a, n in report.confusions[:_CONFUSIONS]]
    return "\n".join(lines)


def render_errors(report: Report) -> str:
    """Every wrong first answer on an English row that names a reason."""
    lines = ["", "wrong first answers (id, truth, answer and probability, begin of the text)"]
    for j in report.judged:
        if j.notice.reason and not j.right and j.notice.language in (None, "en"):
            sure = "" if j.answer.unsure else " sure"
            begin = " ".join(j.notice.text.split())[:70]
            lines.append(
                f"  {j.notice.id or '-'}  {j.notice.reason} -> {j.answer.reason} {j.answer.probability:.2f}{sure}"
            )
            lines.append(f"      {begin}")
    return "\n".join(lines)
