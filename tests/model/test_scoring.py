from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from reinstate.corpus import LabelledNotice
from reinstate.model import Model, default_model, default_model_path, load_model
from reinstate.model.ngrams import CHAR_WB, WORD, Block, hash_terms
from reinstate.model.scoring import Head, Scorer, Weights, softmax
from reinstate.text import clean

SAME = {"rtol": 0, "atol": 1e-12}
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def lines(corpus: list[LabelledNotice], field_set: list[LabelledNotice]) -> list[str]:
    """Every labelled notice that there is, and lines that are unlike any."""
    odd = ["", "a", "qqzzx", "的 中文", "xasin " * 50, "é", "seller " * 3000]
    return [clean(row.text).text for row in (*corpus, *field_set)] + [line.strip() for line in odd]


@pytest.fixture(scope="module")
def small_model(small_run: Any) -> Model:
    return small_run.model  # type: ignore[no-any-return]


def scorer(blocks: list[tuple[Block, list[str]]], labels: int = 3) -> Scorer:
    """A scorer of a few terms with arbitrary weights."""
    generator = np.random.default_rng(0)
    terms = sum(len(names) for _, names in blocks)
    weights = Weights(
        np.concatenate([hash_terms(names, block.kind) for block, names in blocks]),
        generator.uniform(1, 5, terms),
        generator.integers(-127, 128, (terms, labels + 2), dtype=np.int8),
        generator.uniform(0.001, 0.01, terms).astype(np.float32),
        generator.normal(size=labels + 2),
    )
    counts = [(block, len(names)) for block, names in blocks]
    heads = Head(tuple(map(str, range(labels))), 0, 0.5), Head(("on", "off"), labels, 2.0)
    return Scorer(counts, weights, *heads)


def in_scikit_learn(path: Path, model: Model, lines: list[str]) -> tuple[Floats, Floats]:
    """Probabilities that scikit-learn's own vectorizers give for the numbers of a model directory."""
    with np.load(path / "weights.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    terms = (path / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
    raw = np.tile(arrays["intercept"], (len(lines), 1))
    coefficients = arrays["packed"] * arrays["scale"].astype(np.float64)[:, None]
    first = 0
    for block, count in model.blocks:
        part = slice(first, first + count)
        vectorizer = TfidfVectorizer(
            analyzer=block.kind,
            token_pattern=r"\S+" if block.kind == WORD else None,
            lowercase=False,
            ngram_range=(block.low, block.high),
            sublinear_tf=True,
            vocabulary={term: i for i, term in enumerate(terms[part])},
        )
        vectorizer.idf_ = arrays["idf"][part].astype(np.float64)
        raw += vectorizer.transform(lines) @ coefficients[part]
        first += count
    temperature = model.manifest["temperature"]
    split = len(model.reasons)
    return softmax(raw[:, :split] / temperature["reasons"]), softmax(raw[:, split:] / temperature["stages"])


def test_portable_scores_are_those_of_the_fitted_pipeline(small_run: Any, lines: list[str]) -> None:
    scores = small_run.model.score(lines)
    temperature = small_run.model.manifest["temperature"]
    reasons, stages = small_run.result.fitted.decisions(lines)
    np.testing.assert_allclose(scores.reasons, softmax(reasons / temperature["reasons"]), rtol=0, atol=1e-6)
    np.testing.assert_allclose(scores.stages, softmax(stages / temperature["stages"]), rtol=0, atol=1e-6)


def test_scores_of_the_shipped_model_are_those_of_scikit_learn(lines: list[str]) -> None:
    model = default_model()
    scores = model.score(lines)
    reasons, stages = in_scikit_learn(default_model_path(), model, lines)
    np.testing.assert_allclose(scores.reasons, reasons, rtol=0, atol=1e-6)
    np.testing.assert_allclose(scores.stages, stages, rtol=0, atol=1e-6)


def test_every_line_gets_probabilities(small_model: Model, lines: list[str]) -> None:
    scores = small_model.score(lines)
    assert scores.reasons.shape == (len(lines), len(small_model.reasons))
    assert scores.stages.shape == (len(lines), len(small_model.stages))
    for part in (scores.reasons, scores.stages):
        assert (part >= 0).all()
        np.testing.assert_allclose(part.sum(axis=1), 1.0, **SAME)
    assert ((scores.known >= 0) & (scores.known <= 1)).all()


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.integers(1, 300))
def test_a_permutation_of_the_lines_permutes_the_scores(
    small_model: Model, lines: list[str], random: Any, size: int
) -> None:
    chosen = random.sample(range(len(lines)), size)
    straight = small_model.score([lines[i] for i in sorted(chosen)])
    order = np.argsort(np.argsort(chosen))
    permuted = small_model.score([lines[i] for i in chosen])
    np.testing.assert_allclose(permuted.reasons, straight.reasons[order], **SAME)
    np.testing.assert_allclose(permuted.stages, straight.stages[order], **SAME)
    np.testing.assert_allclose(permuted.known, straight.known[order], **SAME)


def test_a_line_alone_gets_the_scores_that_it_gets_among_thousands(small_run: Any, lines: list[str]) -> None:
    together = small_run.model.score(lines)
    fresh = load_model(small_run.path)  # has seen no batch that is worth unpacking its weights
    for i in (0, 1, 63, 64, 500, len(lines) - 1):
        alone = fresh.score([lines[i]])
        np.testing.assert_allclose(alone.reasons[0], together.reasons[i], **SAME)
        np.testing.assert_allclose(alone.stages[0], together.stages[i], **SAME)
        assert alone.known[0] == together.known[i]


def test_scoring_twice_gives_the_same_bits(small_model: Model, lines: list[str]) -> None:
    first, second = (small_model.score(lines[:100]) for _ in range(2))
    assert first.reasons.tobytes() == second.reasons.tobytes()
    assert first.stages.tobytes() == second.stages.tobytes()


def test_no_lines_have_no_scores(small_model: Model) -> None:
    scores = small_model.score([])
    assert scores.reasons.shape == (0, len(small_model.reasons))
    assert small_model.explain([], []) == []


def test_the_share_of_known_words_is_counted() -> None:
    known = scorer([(Block(WORD, 1, 2), ["your", "account", "your account"])]).score(
        ["your account", "your account is gone", "your your your x", "nothing here", ""]
    )
    assert known.known.tolist() == [1.0, 0.5, 0.75, 0.0, 0.0]


@pytest.mark.parametrize("block", [Block(WORD, 1, 1), Block(WORD, 2, 3), Block(CHAR_WB, 3, 4)])
def test_lines_without_any_n_gram_get_the_prior(block: Block) -> None:
    model = scorer([(block, ["one two", "one", " on"])])
    for lines in ([""], ["", ""], ["x"]):
        scores = model.score(lines)
        np.testing.assert_allclose(scores.reasons, model.score(["zz"] * len(lines)).reasons, **SAME)
        assert [len(pull) for pull in model.explain(lines, [0] * len(lines))] == [len(line.split()) for line in lines]


def test_each_token_of_a_line_is_explained(small_model: Model, lines: list[str]) -> None:
    some = lines[::25] + lines[-7:]
    pulls = small_model.explain(some, [i % len(small_model.reasons) for i in range(len(some))])
    assert [len(pull) for pull in pulls] == [len(line.split()) for line in some]


def test_explanations_add_up_to_the_gradient_times_the_input(small_run: Any, lines: list[str]) -> None:
    some = lines[:: len(lines) // 150]
    model, fitted = small_run.model, small_run.result.fitted
    targets = [i % len(model.reasons) for i in range(len(some))]
    pulls = np.array([pull.sum() for pull in model.explain(some, targets)])
    evidence = (fitted.decisions(some)[0] - fitted.reasons.intercept_) / model.manifest["temperature"]["reasons"]
    expected = evidence[np.arange(len(some)), targets] - (evidence * model.score(some).reasons).sum(axis=1)
    np.testing.assert_allclose(pulls, expected, rtol=1e-9, atol=1e-9)


def test_only_known_words_explain() -> None:
    model = scorer([(Block(WORD, 1, 2), ["your", "account", "your account"])])
    [pull] = model.explain(["hello your account today"], [0])
    assert pull[[0, 3]].tolist() == [0.0, 0.0]
    assert (pull[[1, 2]] != 0.0).all()


def test_a_word_said_twice_shares_its_pull() -> None:
    model = scorer([(Block(WORD, 1, 1), ["your", "account"])])
    [pull] = model.explain(["account your account"], [1])
    assert pull[0] == pytest.approx(pull[2])


@given(st.lists(st.lists(st.floats(-500, 500), min_size=3, max_size=3), min_size=1, max_size=4), st.floats(-1e3, 1e3))
def test_softmax_gives_probabilities_in_the_order_of_the_scores(rows: list[list[float]], shift: float) -> None:
    raw = np.array(rows)
    shares = softmax(raw)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, **SAME)
    np.testing.assert_allclose(shares, softmax(raw + shift), rtol=1e-9, atol=1e-9)
    for scores, probabilities in zip(raw, shares, strict=True):
        assert (np.diff(probabilities[np.argsort(scores, kind="stable")]) >= 0).all()
