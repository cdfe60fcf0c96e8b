from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from reinstate.model.ngrams import CHAR_WB, WORD
from reinstate.resources import read_toml
from reinstate.training.settings import default_settings


def test_the_shipped_settings_read_words_and_letters() -> None:
    kinds = [block.block.kind for block in default_settings().blocks]
    assert sorted(kinds) == [CHAR_WB, WORD]


def test_the_shipped_settings_count_single_words() -> None:
    """Without them the share of known words would be nought, and every answer unsure."""
    [words] = [block.block for block in default_settings().blocks if block.block.kind == WORD]
    assert words.low == 1


def test_settings_say_what_the_file_says() -> None:
    data, settings = read_toml("training.toml"), default_settings()
    assert settings.seed == data["seed"]
    assert settings.cost == data["classifier"]["cost"]
    assert settings.most_folds == data["cross_validation"]["most_folds"]
    assert settings.sure_precision == data["targets"]["sure_precision"]
    assert [block.most for block in settings.blocks] == [block["most"] for block in data["blocks"]]


def test_targets_and_limits_are_sensible() -> None:
    settings = default_settings()
    assert 0.5 < settings.sure_precision < 1
    assert 0.5 < settings.set_coverage < 1
    assert 0 < settings.least_known < 1
    assert settings.least_words >= 1
    assert settings.most_folds >= 2


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        default_settings().seed = 1  # type: ignore[misc]
