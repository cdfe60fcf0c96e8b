"""Model and facts brought together: all that is said of one notice.

The way of a notice is the same for a paste and for a row of a million:
raw text → ``text.clean`` → ``model.score`` → here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reinstate.facts import Facts, read_facts
from reinstate.model import Model, default_model
from reinstate.taxonomy import Taxonomy, default_taxonomy
from reinstate.text import Cleaned, clean, detect_language
from reinstate.text.language import UNDETERMINED

#: Candidates in an answer; more only where the set of reasons is larger.
CANDIDATES = 3
#: Phrases of evidence in an answer, and the least share of the strongest that one has to have.
EVIDENCE = 8
_LEAST_EVIDENCE = 0.12
#: A phrase grows over a gap of this many words between two telling ones.
_GAP = 1

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reason that may be the right one, and its probability."""

    reason: str
    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the text given that speaks for the reason; weights of an answer add up to at most 1."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class StageGuess:
    """Where the case stands, and how probable that is."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Authenticity:
    """Whether the mail shows signs of not being Amazon's. A pasted text has no headers to check."""

    verdict: str = "not_checked"
    signals: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is said of one notice; field for field the JSON of ``reinstate classify --json``.

    Attributes
    ----------
    unsure : bool
        The model abstains; ``reason`` is then its best guess and no more than that.
    why_unsure : str or None
        ``language``, ``short``, ``foreign`` (unlike anything the model has read), ``unnamed`` (the
        notice names no reason) or ``close`` (no reason stands out).
    set : tuple of str
        The smallest set of reasons that holds the true one with the coverage the model was built for.
    """

    is_notice: bool
    reason: str
    category: str
    probability: float
    unsure: bool
    why_unsure: str | None
    candidates: tuple[Candidate, ...]
    set: tuple[str, ...]
    also: tuple[str, ...]
    stage: StageGuess
    asks: tuple[str, ...]
    language: str
    evidence: tuple[Evidence, ...]
    facts: Facts
    authenticity: Authenticity
    playbook: str | None
    model: str
    truncated: bool = field(default=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        data = asdict(self)
        del data["facts"]["asks"]
        for policy in data["facts"]["policies"]:
            del policy["reason"]
        return data


def classify(text: str, *, model: Model | None = None, taxonomy: Taxonomy | None = None) -> Diagnosis:
    """Diagnose one notice.

    Parameters
    ----------
    text : str
        The notice as pasted.
    model : Model, optional
        The shipped one if left out.
    taxonomy : Taxonomy, optional

    Examples
    --------
    >>> answer = classify("Your account is deactivated. Send invoices dated within the last 365 days "
    ...                   "that prove the authenticity of your items. Customers complained that they are inauthentic.")
    >>> answer.reason
    'inauthentic'
    """
    return diagnose([text], model=model, taxonomy=taxonomy)[0]


def diagnose(texts: Sequence[str], *, model: Model | None = None, taxonomy: Taxonomy | None = None) -> list[Diagnosis]:
    """Diagnose many texts at once; one answer each, in their order."""
    model = model or default_model()
    taxonomy = taxonomy or default_taxonomy()
    cleaned = [clean(text) for text in texts]
    lines = [c.text for c in cleaned]
    scores = model.score(lines)
    answers = _Answers(model, taxonomy)
    drafts = [
        answers.draft(text, c, reasons, stages, known)
        for text, c, reasons, stages, known in zip(
            texts, cleaned, scores.reasons, scores.stages, scores.known, strict=True
        )
    ]
    # Words are looked for only where there is something to show: in notices.
    explained = [i for i, draft in enumerate(drafts) if draft.is_notice and lines[i]]
    pulls = model.explain([lines[i] for i in explained], [answers.column[drafts[i].reason] for i in explained])
    evidence = {i: _evidence(texts[i], cleaned[i], pull) for i, pull in zip(explained, pulls, strict=True)}
    return [draft.finished(evidence.get(i, ())) for i, draft in enumerate(drafts)]


@dataclass(slots=True)
class _Draft:
    """An answer before its evidence."""

    parts: dict[str, Any]

    @property
    def is_notice(self) -> bool:
        return bool(self.parts["is_notice"])

    @property
    def reason(self) -> str:
        return str(self.parts["reason"])

    def finished(self, evidence: tuple[Evidence, ...]) -> Diagnosis:
        return Diagnosis(**self.parts, evidence=evidence)


class _Answers:
    """From probabilities to answers, by the thresholds of the model."""

    def __init__(self, model: Model, taxonomy: Taxonomy) -> None:
        self._model = model
        self._taxonomy = taxonomy
        self.column = {reason: i for i, reason in enumerate(model.reasons)}
        self._unnamed = self.column.get(taxonomy.unnamed)
        self._none = self.column.get(taxonomy.not_a_notice)
        self._shown = np.array([i for reason, i in self.column.items() if reason != taxonomy.unnamed])

    def draft(
        self,
        text: str,
        cleaned: Cleaned,
        reasons: NDArray[np.float64],
        stages: NDArray[np.float64],
        known: float,
    ) -> _Draft:
        language = detect_language(cleaned)
        ranked = self._shown[np.argsort(-reasons[self._shown], kind="stable")]
        best = ranked[0]
        is_notice = best != self._none
        inside = self._set(reasons, ranked)
        names = [self._model.reasons[i] for i in ranked[: max(CANDIDATES, len(inside))]]
        candidates = tuple(
            Candidate(name, self._taxonomy.category_of(name), _share(reasons[self.column[name]])) for name in names
        )
        why = self._why_unsure(cleaned, language, known, reasons, best)
        facts = read_facts(text, cleaned) if is_notice else Facts()
        reason = names[0]
        return _Draft(
            {
                "is_notice": bool(is_notice),
                "reason": reason,
                "category": self._taxonomy.category_of(reason),
                "probability": candidates[0].probability,
                "unsure": why is not None,
                "why_unsure": why,
                "candidates": candidates,
                "set": inside,
                "also": self._also(facts, reason) if is_notice else (),
                "stage": self._stage(stages, bool(is_notice)),
                "asks": facts.asks,
                "language": language,
                "facts": facts,
                "authenticity": Authenticity(),
                "playbook": reason if is_notice else None,
                "model": self._model.title,
                "truncated": cleaned.truncated,
            }
        )

    def _why_unsure(
        self, cleaned: Cleaned, language: str, known: float, reasons: NDArray[np.float64], best: int
    ) -> str | None:
        limits = self._model.thresholds
        if language not in (ENGLISH, UNDETERMINED):
            return "language"
        if len(cleaned) < limits.words:
            return "short"
        if known < limits.known or language == UNDETERMINED:
            return "foreign"
        if self._unnamed is not None and reasons[self._unnamed] > reasons[best]:
            return "unnamed"
        if reasons[best] < limits.sure:
            return "close"
        return None

    def _set(self, reasons: NDArray[np.float64], ranked: NDArray[np.int64]) -> tuple[str, ...]:
        names: list[str] = []
        total = 0.0
        for i in ranked:
            names.append(self._model.reasons[i])
            total += reasons[i]
            if total > self._model.thresholds.coverage:
                break
        return tuple(names)

    def _also(self, facts: Facts, reason: str) -> tuple[str, ...]:
        """Further reasons whose own policy the notice names."""
        named = [policy.reason for policy in facts.policies if policy.reason in self.column]
        return tuple(dict.fromkeys(other for other in named if other != reason))

    def _stage(self, stages: NDArray[np.float64], is_notice: bool) -> StageGuess:
        none = self._taxonomy.category_of(self._taxonomy.not_a_notice)
        if not is_notice:
            return StageGuess(none, 1.0)
        order = np.argsort(-stages, kind="stable")
        best = next(i for i in order if self._model.stages[i] != none)
        return StageGuess(self._model.stages[best], _share(stages[best]))


def _share(probability: float) -> float:
    return round(float(probability), 4)


def _evidence(text: str, cleaned: Cleaned, pull: NDArray[np.float64]) -> tuple[Evidence, ...]:
    """The phrases that speak most for the reason, strongest first."""
    positive = np.maximum(pull, 0.0)
    total = float(positive.sum())
    if total <= 0:
        return ()
    strong = np.flatnonzero(positive >= _LEAST_EVIDENCE * positive.max())
    phrases: list[tuple[float, int, int]] = []
    first = last = int(strong[0])
    for token in [*map(int, strong[1:]), -1]:
        # A phrase does not reach over the end of a line or sentence.
        if token >= 0 and token - last <= _GAP + 1 and not _breaks(text[cleaned.ends[last] : cleaned.starts[token]]):
            last = token
            continue
        phrases.append((float(positive[first : last + 1].sum()), first, last))
        first = last = token
    phrases.sort(key=lambda phrase: (-phrase[0], phrase[1]))
    out = []
    for weight, first, last in phrases[:EVIDENCE]:
        start, end = cleaned.starts[first], cleaned.ends[last]
        out.append(Evidence(start, end, text[start:end], round(weight / total, 4)))
    return tuple(out)


def _breaks(between: str) -> bool:
    return any(mark in between for mark in ".\n;!?")
