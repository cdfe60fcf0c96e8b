"""The facts of a notice, each a span of the text given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text given: ``text == raw[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Deadline(Span):
    """A time to answer in. ``days`` may be a fraction (72 hours are 3); None for a calendar date."""

    days: float | None = None
    date: str | None = None
    provenance: str = "stated"


@dataclass(frozen=True, slots=True)
class Document(Span):
    """A document asked for, and the greatest age in days that the notice allows it."""

    name: str = ""
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy(Span):
    """A policy or programme named, and the reason it is mostly about (empty: any)."""

    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Metric(Span):
    """A performance figure: its value and target in per cent (points for a rating)."""

    name: str = ""
    value: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read; empty where the notice states nothing. Nothing is inferred or invented."""

    asins: tuple[Span, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    documents: tuple[Document, ...] = ()
    reference_ids: tuple[Span, ...] = ()
    contacts: tuple[Span, ...] = ()
    policies: tuple[Policy, ...] = ()
    metrics: tuple[Metric, ...] = ()
    amounts: tuple[Span, ...] = ()
    complainant: str | None = None
    marketplaces: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
