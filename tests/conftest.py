"""What several folders of tests share: the labelled notices, and a small model trained on a few of them."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from pathlib import Path

import hypothesis
import pytest

from reinstate.corpus import LabelledNotice, read_folder, read_rows
from reinstate.model import Model
from reinstate.model.ngrams import CHAR_WB, WORD, Block
from reinstate.training import TrainingResult, train
from reinstate.training.settings import BlockSettings, Settings, default_settings

# Examples are drawn the same way in every run, so that a failure is one for everybody.
hypothesis.settings.register_profile("reinstate", deadline=None, max_examples=80, derandomize=True)
hypothesis.settings.load_profile("reinstate")

ROOT = Path(__file__).parents[1]

SMALL_REASONS = (
    "identity_verification",
    "inauthentic",
    "order_defect_rate",
    "related_accounts",
    "restricted_products",
    "trademark",
)


@dataclass(frozen=True)
class SmallRun:
    """A finished training run: its rows, where its model lies, what it returned."""

    rows: list[LabelledNotice]
    path: Path
    result: TrainingResult

    @property
    def model(self) -> Model:
        return self.result.model


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return ROOT / "data"


@pytest.fixture(scope="session")
def corpus(data_folder: Path) -> list[LabelledNotice]:
    """All labelled notices that the shipped model is trained on."""
    return read_folder(data_folder)


@pytest.fixture(scope="session")
def field_set(data_folder: Path) -> list[LabelledNotice]:
    """The notices that are for evaluation only."""
    return read_rows(data_folder / "field" / "notices.jsonl")


@pytest.fixture(scope="session")
def small_rows(corpus: list[LabelledNotice]) -> list[LabelledNotice]:
    """A hundred rows or so: six reasons, other mail, notices that name no reason; many voices."""
    wanted: dict[str | None, int] = dict.fromkeys(SMALL_REASONS, 12) | {"not_a_notice": 24, None: 12}
    return [row for reason, count in wanted.items() for row in _spread(corpus, reason, count)]


@pytest.fixture(scope="session")
def small_settings() -> Settings:
    """The shipped settings with fewer features and fewer folds."""
    blocks = (BlockSettings(Block(WORD, 1, 2), 2, 1500), BlockSettings(Block(CHAR_WB, 3, 4), 3, 2500))
    return replace(default_settings(), blocks=blocks, tolerance=1e-3, most_folds=4)


@pytest.fixture(scope="session")
def small_run(
    small_rows: list[LabelledNotice], small_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> SmallRun:
    """A model trained on the small rows; not to be written to."""
    path = tmp_path_factory.mktemp("models") / "small"
    return SmallRun(small_rows, path, train(small_rows, path, settings=small_settings, name="small", jobs=1))


@pytest.fixture
def model_copy(small_run: SmallRun, tmp_path: Path) -> Path:
    """A copy of the small model's directory, to be damaged."""
    return Path(shutil.copytree(small_run.path, tmp_path / "model"))


def _spread(corpus: Iterable[LabelledNotice], reason: str | None, count: int) -> list[LabelledNotice]:
    """Rows of a reason, one voice after the other."""
    voices: dict[str | None, list[LabelledNotice]] = defaultdict(list)
    for row in corpus:
        if row.reason == reason:
            voices[row.voice].append(row)
    in_turn = chain.from_iterable(zip_longest(*voices.values()))
    return list(islice((row for row in in_turn if row is not None), count))
