"""From scores on wording not seen to probabilities, a threshold for sure, and a set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from reinstate.model.scoring import softmax

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def temperature(decisions: Floats, truth: Ints) -> float:
    """The temperature that makes held-out labels most probable.

    Parameters
    ----------
    decisions : ndarray, shape (rows, labels)
        Held-out scores.
    truth : ndarray of int, shape (rows,)
        Index of the right label.

    Returns
    -------
    float
        Rounded to four places.

    References
    ----------
    Guo, Pleiss, Sun & Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
    """
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        probabilities = softmax(decisions / np.exp(log_temperature))
        return float(-np.log(probabilities[rows, truth] + 1e-12).mean())

    best = minimize_scalar(loss, bounds=(np.log(0.01), np.log(10.0)), method="bounded", options={"xatol": 1e-6})
    return float(round(np.exp(best.x), 4))


def sure_threshold(confidence: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The least confidence from which answers are right often enough.

    Parameters
    ----------
    confidence : ndarray, shape (rows,)
        Probability of the answer given.
    right : ndarray of bool, shape (rows,)
    precision : float
        Share of sure answers that has to be right.

    Returns
    -------
    float
        A number of four places; 1.0 where none reaches the precision.
    """
    for candidate in np.unique(np.floor(confidence * 10_000)) / 10_000:
        sure = right[confidence >= candidate]
        if len(sure) and sure.mean() >= precision:
            return float(candidate)
    return 1.0


def set_threshold(probabilities: Floats, truth: Ints, coverage: float) -> float:
    """How much probability a set of labels has to hold to contain the truth that often.

    Adaptive prediction sets without randomisation: labels are taken from the most probable down
    until their sum reaches the threshold.

    References
    ----------
    Romano, Sesia & Candès, "Classification with Valid and Adaptive Coverage", NeurIPS 2020.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    place = (order == truth[:, None]).argmax(axis=1)
    # Labels are added while the sum before them is short of the threshold, so what decides for a
    # row is the sum of all labels ahead of the truth.
    ahead = np.cumsum(ranked, axis=1)[np.arange(len(truth)), place] - ranked[np.arange(len(truth)), place]
    level = min(1.0, np.ceil((len(truth) + 1) * coverage) / len(truth))
    return min(1.0, float(np.ceil(np.quantile(ahead, level, method="higher") * 10_000) / 10_000))
