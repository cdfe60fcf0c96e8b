"""Training: labelled notices to a model directory, with scikit-learn."""

from reinstate.training.fitting import Fitted, fit
from reinstate.training.running import TrainingResult, train

__all__ = ["Fitted", "TrainingResult", "fit", "train"]
