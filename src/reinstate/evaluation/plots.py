"""The plots of an evaluation: confusions and calibration, as PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reinstate.errors import MissingExtraError
from reinstate.evaluation.metrics import Report, calibration_bins
from reinstate.taxonomy import Taxonomy

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot


def draw(report: Report, taxonomy: Taxonomy, folder: Path) -> list[Path]:
    """Draw all plots of a report into a folder.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    plots = {
        "confusions.png": confusions(report, taxonomy),
        "calibration.png": calibration(report),
        "reasons.png": reasons(report, taxonomy),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, plot in plots.items():
        plot.savefig(folder / name, dpi=110, metadata={"Software": None})
    return [folder / name for name in plots]


def confusions(report: Report, taxonomy: Taxonomy) -> Plot:
    """What was taken for what: truth by row, answer by column."""
    mixed = {label for truth, answer, _ in report.confusions for label in (truth, answer)}
    # Reasons that this taxonomy does not know (a model with reasons of its own) come last.
    labels = [r for r in taxonomy.reasons if r in mixed] + sorted(mixed - set(taxonomy.reasons))
    matrix = np.zeros((len(labels), len(labels)))
    for truth, answer, times in report.confusions:
        matrix[labels.index(truth), labels.index(answer)] = times
    size = max(4.0, 0.38 * len(labels) + 2.4)
    plot = _figure((size + 1.2, size))
    axes = plot.add_subplot()
    if labels:  # matplotlib warns of a picture without cells
        axes.imshow(matrix, cmap="Oranges", vmin=0)
    titles = [taxonomy.title_of(label) for label in labels]
    axes.set_xticks(range(len(labels)), titles, rotation=60, ha="right")
    axes.set_yticks(range(len(labels)), titles)
    for i, j in np.argwhere(matrix > 0):
        axes.text(j, i, f"{matrix[i, j]:.0f}", ha="center", va="center", fontsize=8)
    axes.set(xlabel="answer", ylabel="truth", title="Wrong first answers")
    return plot


def calibration(report: Report) -> Plot:
    """Stated probability against the share that was right."""
    rows = [j for j in report.judged if j.notice.reason and j.notice.language in (None, "en")]
    bins = calibration_bins(rows)
    plot = _figure((5.2, 5.0))
    axes = plot.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot([b[0] for b in bins], [b[1] for b in bins], color="tab:blue", linewidth=1)
    axes.scatter([b[0] for b in bins], [b[1] for b in bins], s=[12 + 4 * b[2] for b in bins], color="tab:blue")
    for mean, share, count in bins:
        axes.annotate(str(count), (mean, share), textcoords="offset points", xytext=(7, -11), fontsize=8)
    axes.set(
        xlim=(0, 1),
        ylim=(0, 1.02),
        xlabel="stated probability",
        ylabel="share right",
        title="Calibration (numbers: rows in the bin)",
    )
    return plot


def reasons(report: Report, taxonomy: Taxonomy) -> Plot:
    """Share right for each reason, with the number of rows."""
    order = {reason: i for i, reason in enumerate(taxonomy.reasons)}
    rows = sorted(report.per_reason, key=lambda row: order.get(row[0], len(order)), reverse=True)
    plot = _figure((7.0, 0.27 * len(rows) + 1.2))
    axes = plot.add_subplot()
    axes.barh(range(len(rows)), [share for _, _, share in rows], color="tab:green", height=0.7)
    axes.set_yticks(range(len(rows)), [f"{taxonomy.title_of(r)} ({n})" for r, n, _ in rows])
    axes.set(xlim=(0, 1), xlabel="right first answers", title="By reason (rows)", ylim=(-0.6, len(rows) - 0.4))
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    return plot


def _figure(size: tuple[float, float]) -> Plot:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("train", "matplotlib") from error
    plot = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(plot)
    return plot
