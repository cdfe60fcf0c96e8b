"""The portable model: a directory of plain data, read and scored with numpy alone."""

from reinstate.model.artefact import Model, Thresholds, default_model, default_model_path, load_model
from reinstate.model.scoring import Scores

__all__ = ["Model", "Scores", "Thresholds", "default_model", "default_model_path", "load_model"]
