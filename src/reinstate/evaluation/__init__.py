"""How good the answers are: metrics with intervals, and plots."""

from reinstate.evaluation.metrics import Figure, Judged, Report, evaluate, judge

__all__ = ["Figure", "Judged", "Report", "evaluate", "judge"]
