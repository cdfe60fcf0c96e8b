"""The model as the rest of the package sees it: load a directory, score cleaned lines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reinstate.errors import ModelError
from reinstate.model.ngrams import Block
from reinstate.model.scoring import Head, Scorer, Scores, Weights
from reinstate.model.storage import VOCABULARY, WEIGHTS, read_arrays, read_manifest, read_verified

_ARRAYS = {
    "hashes": ("<u8", 1),
    "idf": ("<f4", 1),
    "packed": ("|i1", 2),
    "scale": ("<f4", 1),
    "intercept": ("<f8", 1),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When an answer is sure, chosen by cross-validation and kept in the manifest.

    Attributes
    ----------
    sure : float
        Least probability of the best reason for a sure answer.
    notice : float
        Least probability that a mail is a notice at all for a reason to be sure.
    known : float
        Least share of known words; below it the text is unlike anything the model has read.
    words : int
        Least number of words for a sure answer.
    coverage : float
        The set of reasons is filled until it holds this much probability: the conformal quantile
        of adaptive prediction sets (Romano, Sesia & Candès, NeurIPS 2020).
    """

    sure: float
    notice: float
    known: float
    words: int
    coverage: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


class Model:
    """A trained model.

    Attributes
    ----------
    name, version : str
        ``default@1a2b…`` in answers; the version is a digest of the weights.
    reasons, stages : tuple of str
        Labels, in the order of the columns of the scores. Reasons may end with the inner label for
        notices that name none.
    thresholds : Thresholds
    manifest : dict
        Everything else that the manifest says.
    """

    def __init__(self, manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], name: str) -> None:
        self.manifest = manifest
        self.name = name
        self.version = str(manifest["version"])
        self.reasons: tuple[str, ...] = tuple(map(str, manifest["labels"]["reasons"]))
        self.stages: tuple[str, ...] = tuple(map(str, manifest["labels"]["stages"]))
        self.thresholds = Thresholds(**manifest["thresholds"])
        for value in self.thresholds.as_dict().values():
            _number(value)
        self.blocks = [
            (Block(str(b["kind"]), int(b["low"]), int(b["high"])), int(b["features"])) for b in manifest["blocks"]
        ]
        self._temperatures = [_number(manifest["temperature"][question]) for question in ("reasons", "stages")]
        self._weights = Weights(**{**arrays, "idf": arrays["idf"].astype(np.float64)})
        self._check_shapes()

    @property
    def title(self) -> str:
        """Name and version, as answers carry it."""
        return f"{self.name}@{self.version}"

    @cached_property
    def scorer(self) -> Scorer:
        """The arithmetic; built on first use."""
        reasons, stages = self._temperatures
        return Scorer(
            self.blocks,
            self._weights,
            Head(self.reasons, 0, reasons),
            Head(self.stages, len(self.reasons), stages),
        )

    def score(self, lines: Sequence[str]) -> Scores:
        """Probabilities of reasons and stages for cleaned lines (see :func:`reinstate.text.clean`)."""
        return self.scorer.score(lines)

    def explain(self, lines: Sequence[str], targets: Sequence[int]) -> list[NDArray[np.float64]]:
        """For each line, how much each of its tokens speaks for the reason with that index."""
        return self.scorer.explain(lines, targets)

    def _check_shapes(self) -> None:
        weights, features = self._weights, sum(count for _, count in self.blocks)
        columns = len(self.reasons) + len(self.stages)
        fits = (
            weights.packed.shape == (features, columns)
            and weights.hashes.shape == weights.idf.shape == weights.scale.shape == (features,)
            and weights.intercept.shape == (columns,)
        )
        if not fits or min((count for _, count in self.blocks), default=0) < 1:
            raise ModelError(f"model {self.name}: labels, features and weights do not fit together")
        if any(len(labels) < 2 or len(set(labels)) < len(labels) for labels in (self.reasons, self.stages)):
            raise ModelError(f"model {self.name}: too few labels, or one label twice")
        if min(self._temperatures) <= 0:
            raise ModelError(f"model {self.name}: a temperature that is not above zero")
        if not all(np.isfinite(a).all() for a in (weights.idf, weights.scale, weights.intercept)):
            raise ModelError(f"model {self.name}: weights that are no finite numbers")


def load_model(path: Path | str, name: str | None = None) -> Model:
    """Load a model directory.

    Parameters
    ----------
    path : Path or str
    name : str, optional
        What the model is called in answers; the directory's name if left out.

    Raises
    ------
    ModelError
        If the directory is damaged, incomplete, changed, or of a newer format. Nothing in it can
        run code: files are read as plain arrays and JSON.
    """
    path = Path(path)
    manifest = read_manifest(path)
    read_verified(path, manifest, VOCABULARY)
    arrays = read_arrays(read_verified(path, manifest, WEIGHTS), _ARRAYS, str(path / WEIGHTS))
    try:
        return Model(manifest, arrays, name or path.name)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelError(f"{path}: the manifest lacks or misstates a part ({error})") from error


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value} where a finite number was expected")
    return float(value)


def default_model_path() -> Path:
    """Where the model that ships lies: in the wheel, or in ``models/default`` of a checkout."""
    inside = Path(__file__).parents[1] / "default_model"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "models" / "default"


@cache
def default_model() -> Model:
    """The model that ships with the package, loaded once."""
    return load_model(default_model_path(), "default")
