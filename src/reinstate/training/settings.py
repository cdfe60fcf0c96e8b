"""What training is told: the numbers of ``resources/training.toml``, typed."""

from __future__ import annotations

from dataclasses import dataclass

from reinstate.model.ngrams import Block
from reinstate.resources import read_toml


@dataclass(frozen=True, slots=True)
class BlockSettings:
    """One kind of n-gram, and which of them become features."""

    block: Block
    least_documents: int
    most: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a training run; see ``training.toml`` for what each means."""

    seed: int
    blocks: tuple[BlockSettings, ...]
    cost: float
    rarity: float
    tolerance: float
    iterations: int
    most_folds: int
    sure_precision: float
    set_coverage: float
    least_known: float
    least_words: int


def default_settings() -> Settings:
    """The settings that the shipped model is trained with."""
    data = read_toml("training.toml")
    return Settings(
        seed=data["seed"],
        blocks=tuple(
            BlockSettings(Block(b["kind"], b["low"], b["high"]), b["least_documents"], b["most"])
            for b in data["blocks"]
        ),
        cost=data["classifier"]["cost"],
        rarity=data["classifier"]["rarity"],
        tolerance=data["classifier"]["tolerance"],
        iterations=data["classifier"]["iterations"],
        most_folds=data["cross_validation"]["most_folds"],
        sure_precision=data["targets"]["sure_precision"],
        set_coverage=data["targets"]["set_coverage"],
        least_known=data["caution"]["known"],
        least_words=data["caution"]["words"],
    )
