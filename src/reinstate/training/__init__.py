"""Training: labelled notices to a model directory, with scikit-learn."""

from reinstate.training.fitting import Fitted, fit
from reinstate.training.running import TrainingResult, train
from reinstate.training.settings import Settings, default_settings

__all__ = ["Fitted", "Settings", "TrainingResult", "default_settings", "fit", "train"]
