"""The arithmetic of an answer: TF-IDF, a matrix, a softmax, in numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reinstate.model.lookup import Lookup
from reinstate.model.ngrams import WORD, Block, Lines, UInt64s

Floats = NDArray[np.float64]
Int32s = NDArray[np.int32]
Ints = NDArray[np.int64]

#: Lines scored together: enough to spread numpy's overhead, few enough to stay in the cache.
BATCH = 64


@dataclass(frozen=True, slots=True)
class Head:
    """One question asked of the features: its labels and how its scores become probabilities.

    Attributes
    ----------
    labels : tuple of str
    first : int
        The first of its columns in the weight matrix.
    temperature : float
        Scores are divided by it before the softmax (Guo et al., "On Calibration of Modern Neural
        Networks", ICML 2017).
    """

    labels: tuple[str, ...]
    first: int
    temperature: float

    @property
    def columns(self) -> slice:
        return slice(self.first, self.first + len(self.labels))


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of a model.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (features,)
    idf : ndarray of float64, shape (features,)
    packed : ndarray of int8, shape (features, columns)
        Coefficients in steps of ``scale``.
    scale : ndarray of float32, shape (features,)
    intercept : ndarray of float64, shape (columns,)
    """

    hashes: UInt64s
    idf: Floats
    packed: NDArray[np.int8]
    scale: NDArray[np.float32]
    intercept: Floats

    def coefficients(self, rows: NDArray[np.integer] | slice = slice(None)) -> Floats:
        """The coefficients of some features, shape (len(rows), columns)."""
        return np.asarray(self.packed[rows] * self.scale[rows].astype(np.float64)[:, None])


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities for a batch of lines.

    Attributes
    ----------
    reasons : ndarray of float64, shape (lines, reasons)
    stages : ndarray of float64, shape (lines, stages)
    known : ndarray of float64, shape (lines,)
        Share of a line's words that the model knows.
    """

    reasons: Floats
    stages: Floats
    known: Floats


class Scorer:
    """Scores cleaned lines.

    Parameters
    ----------
    blocks : sequence of (Block, int)
        Kinds of n-grams, each with the number of its features; features are numbered block by block.
    weights : Weights
    reasons, stages : Head
    """

    def __init__(self, blocks: Sequence[tuple[Block, int]], weights: Weights, reasons: Head, stages: Head) -> None:
        self._weights = weights
        self._heads = (reasons, stages)
        # A line and a feature make one key to sort by: the feature in the low bits.
        self._bits = len(weights.hashes).bit_length()
        self._blocks: list[tuple[Block, int, Lookup]] = []
        first = 0
        for block, count in blocks:
            self._blocks.append((block, first, Lookup(weights.hashes[first : first + count])))
            first += count
        self._block_of = np.repeat(np.arange(len(blocks)), [count for _, count in blocks])

    def score(self, lines: Sequence[str]) -> Scores:
        """Score any number of cleaned lines; the order of the lines is kept."""
        columns = len(self._weights.intercept)
        raw = np.empty((len(lines), columns))
        known = np.empty(len(lines))
        for begin in range(0, len(lines), BATCH):
            chunk = lines[begin : begin + BATCH]
            raw[begin : begin + BATCH], known[begin : begin + BATCH] = self._score_batch(chunk)
        reasons, stages = (softmax(raw[:, head.columns] / head.temperature) for head in self._heads)
        return Scores(reasons, stages, known)

    def explain(self, lines: Sequence[str], targets: Sequence[int]) -> list[Floats]:
        """How much each token speaks for a reason.

        Parameters
        ----------
        lines : sequence of str
        targets : sequence of int
            For each line the index of the reason to explain.

        Returns
        -------
        list of ndarray
            For each line one number a token: the change of the reason's log-probability per unit
            of the token's features, times those features (gradient times input).
        """
        out: list[Floats] = []
        head = self._heads[0]
        for begin in range(0, len(lines), BATCH):
            batch = Lines(lines[begin : begin + BATCH])
            found = self._find(batch)
            pairs, inverse, counts = np.unique(found.keys(self._bits), return_inverse=True, return_counts=True)
            line, values, feature = self._values(pairs, counts, len(lines[begin : begin + BATCH]))
            edges = np.searchsorted(line, np.arange(len(lines[begin : begin + BATCH]) + 1))
            pull = np.empty(len(pairs))
            for i in range(len(edges) - 1):
                rows = slice(edges[i], edges[i + 1])
                part = self._weights.coefficients(feature[rows])[:, head.columns] / head.temperature
                raw = values[rows] @ part + self._weights.intercept[head.columns] / head.temperature
                direction = -softmax(raw[None, :])[0]
                direction[targets[begin + i]] += 1.0
                pull[rows] = (part @ direction) * values[rows] / counts[rows]
            word_starts, word_ends = batch.words()
            pulls = pull[inverse]
            first = np.searchsorted(word_ends, found.starts, side="right")
            last = np.searchsorted(word_starts, found.ends - 1, side="right") - 1
            # Character n-grams lie in one word; a word n-gram shares its pull among its words.
            span = np.maximum(last - first, 0) + 1
            tokens = np.zeros(len(word_starts))
            for step in range(int(span.max(initial=1))):
                inside = span > step
                tokens += np.bincount(
                    first[inside] + step, weights=pulls[inside] / span[inside], minlength=len(word_starts)
                )
            bounds = np.searchsorted(word_starts, batch.first)
            out.extend(tokens[bounds[i] : bounds[i + 1]] for i in range(len(edges) - 1))
        return out

    def _score_batch(self, lines: Sequence[str]) -> tuple[Floats, Floats]:
        batch = Lines(lines)
        found = self._find(batch)
        keys = found.keys(self._bits)
        keys.sort()
        new = np.empty(len(keys), dtype=bool)
        new[:1] = True
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        at = np.flatnonzero(new)
        counts = np.diff(at, append=len(keys))
        line, values, feature = self._values(keys[at], counts, len(lines))
        weights = self._weights
        scaled = values * weights.scale[feature]
        edges = np.searchsorted(line, np.arange(len(lines) + 1))
        raw = np.empty((len(lines), len(weights.intercept)))
        for i in range(len(lines)):
            rows = slice(edges[i], edges[i + 1])
            # Eight-bit rows are gathered and only then widened: an eighth of the memory traffic.
            raw[i] = scaled[rows] @ weights.packed.take(feature[rows], axis=0).astype(np.float64)
        raw += weights.intercept
        return raw, found.known

    def _find(self, batch: Lines) -> _Found:
        lines: list[NDArray[np.int64]] = []
        features: list[Int32s] = []
        starts: list[NDArray[np.int64]] = []
        ends: list[NDArray[np.int64]] = []
        count = len(batch.first) - 1
        known = np.zeros(count)
        for block, first, lookup in self._blocks:
            for number, grams in enumerate(batch.grams(block)):
                where, feature = lookup.find(grams.hashes)
                start = grams.starts[where]
                line = batch.line_of(start)
                lines.append(line)
                features.append(feature + np.int32(first))
                starts.append(start)
                ends.append(grams.ends[where])
                if block.kind == WORD and block.low == 1 and number == 0:
                    words = np.bincount(batch.line_of(grams.starts), minlength=count)
                    known = np.bincount(line, minlength=count) / np.maximum(words, 1)
        if not lines:  # no n-gram at all
            empty = np.empty(0, dtype=np.int64)
            return _Found(empty, empty.astype(np.int32), empty, empty, known)
        return _Found(
            np.concatenate(lines), np.concatenate(features), np.concatenate(starts), np.concatenate(ends), known
        )

    def _values(self, pairs: NDArray[np.int64], counts: NDArray[np.int64], lines: int) -> tuple[Ints, Floats, Ints]:
        """Line, normalised TF-IDF value and feature of each (line, feature) pair."""
        line, feature = pairs >> self._bits, pairs & ((1 << self._bits) - 1)
        dampened = 1.0 + np.log(np.arange(1, counts.max(initial=1) + 1))
        values = dampened[counts - 1] * self._weights.idf[feature]
        cell = line * len(self._blocks) + self._block_of[feature]
        squares = np.bincount(cell, weights=values * values, minlength=lines * len(self._blocks))
        values /= np.sqrt(squares)[cell]
        return line, values, feature


@dataclass(frozen=True, slots=True)
class _Found:
    """Known n-grams of a batch: line, feature, place."""

    lines: Ints
    features: Int32s
    starts: Ints
    ends: Ints
    known: Floats

    def keys(self, bits: int) -> Ints:
        return (self.lines << bits) | self.features


def softmax(raw: Floats) -> Floats:
    """Probabilities of rows of scores, shape unchanged."""
    shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
