from __future__ import annotations

import hashlib
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reinstate.errors import ModelError
from reinstate.model import Model, Thresholds, default_model, default_model_path, load_model
from reinstate.model.storage import FORMAT, MANIFEST, VOCABULARY, WEIGHTS, arrays_bytes
from reinstate.taxonomy import default_taxonomy

Change = Callable[[dict[str, Any]], Any]


def rewrite_manifest(path: Path, change: Change) -> None:
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    change(manifest)
    (path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def rewrite_weights(path: Path, change: Change) -> None:
    """Change arrays of a model as somebody would who mends the checksum, too."""
    with np.load(path / WEIGHTS, allow_pickle=False) as archive:
        arrays = {name: array.copy() for name, array in archive.items()}
    change(arrays)
    write_file(path, WEIGHTS, arrays_bytes(arrays))


def write_file(path: Path, name: str, data: bytes) -> None:
    (path / name).write_bytes(data)
    rewrite_manifest(path, lambda m: m["files"].update({name: hashlib.sha256(data).hexdigest()}))


def test_a_model_names_itself_by_name_and_digest_of_its_weights(small_run: Any) -> None:
    model = load_model(small_run.path)
    assert model.title == f"small@{hashlib.sha256((small_run.path / WEIGHTS).read_bytes()).hexdigest()[:12]}"
    assert load_model(str(small_run.path), "mine").title == f"mine@{model.version}"


def test_a_loaded_model_is_the_one_that_was_trained(small_run: Any) -> None:
    model, trained = load_model(small_run.path), small_run.model
    assert (model.reasons, model.stages, model.thresholds) == (trained.reasons, trained.stages, trained.thresholds)
    lines = ["your account is deactivated", "trademark of the rights owner"]
    assert model.score(lines).reasons.tobytes() == trained.score(lines).reasons.tobytes()


def test_the_shipped_model_knows_every_reason_and_stage() -> None:
    taxonomy, model = default_taxonomy(), default_model()
    assert set(model.reasons) == {*taxonomy.reasons, taxonomy.unnamed}
    assert set(model.stages) == set(taxonomy.stages)
    assert model.name == "default"
    assert default_model() is model


def test_the_shipped_model_can_be_read_by_versions_that_know_the_first_format() -> None:
    manifest = json.loads((default_model_path() / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["format"] == FORMAT == 1


def test_every_file_of_the_shipped_model_is_the_one_in_its_manifest() -> None:
    path = default_model_path()
    files = json.loads((path / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert {name: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in files} == files
    assert {"MODEL_CARD.md", "metrics.json", VOCABULARY, WEIGHTS} <= set(files)


def test_thresholds_are_shares_of_one() -> None:
    thresholds = default_model().thresholds.as_dict()
    words = thresholds.pop("words")
    assert words >= 1
    assert all(0 <= value <= 1 for value in thresholds.values())
    assert Thresholds(**thresholds, words=words) == default_model().thresholds


def test_a_format_that_is_newer_says_how_to_upgrade(model_copy: Path) -> None:
    rewrite_manifest(model_copy, lambda m: m.update(format=FORMAT + 1))
    with pytest.raises(ModelError, match="upgrade"):
        load_model(model_copy)


@pytest.mark.parametrize("name", [WEIGHTS, VOCABULARY, MANIFEST])
def test_a_missing_file_is_named(model_copy: Path, name: str) -> None:
    (model_copy / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_model(model_copy)


@pytest.mark.parametrize("name", [WEIGHTS, VOCABULARY])
@pytest.mark.parametrize("damage", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"?" + d[1:], lambda d: b""])
def test_a_damaged_file_is_named(model_copy: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    (model_copy / name).write_bytes(damage((model_copy / name).read_bytes()))
    with pytest.raises(ModelError, match=f"{name}: its checksum is not the manifest's"):
        load_model(model_copy)


def test_nothing_that_can_run_code_is_opened(model_copy: Path, tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "mark",)

    (model_copy / "pipeline.joblib").write_bytes(pickle.dumps(Payload()))
    assert load_model(model_copy).score(["account"]).reasons.shape[0] == 1
    write_file(model_copy, WEIGHTS, pickle.dumps(Payload()))
    with pytest.raises(ModelError, match="not a weights file"):
        load_model(model_copy)
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.update(hashes=a["hashes"][:-1]), "do not fit together"),
        (lambda a: a.update(idf=a["idf"][:-1]), "do not fit together"),
        (lambda a: a.update(packed=a["packed"][:, :-1]), "do not fit together"),
        (lambda a: a.update(packed=a["packed"].T.copy()), "do not fit together"),
        (lambda a: a.update(intercept=a["intercept"][:-1]), "do not fit together"),
        (lambda a: a["idf"].__setitem__(0, np.nan), "no finite numbers"),
        (lambda a: a["scale"].__setitem__(0, np.inf), "no finite numbers"),
        (lambda a: a["intercept"].__setitem__(0, -np.inf), "no finite numbers"),
        (lambda a: a.update(idf=a["idf"].astype("<f8")), "were expected"),
        (lambda a: a.pop("scale"), "were expected"),
    ],
)
def test_weights_that_do_not_fit_are_refused(model_copy: Path, change: Change, message: str) -> None:
    rewrite_weights(model_copy, change)
    with pytest.raises(ModelError, match=message):
        load_model(model_copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["labels"]["reasons"].append("more"), "do not fit together"),
        (lambda m: m["labels"]["stages"].pop(), "do not fit together"),
        (lambda m: m["blocks"].pop(), "do not fit together"),
        (lambda m: m["blocks"].clear(), "do not fit together"),
        (lambda m: m["blocks"].append(m["blocks"][0] | {"features": 0}), "do not fit together"),
        (lambda m: m["labels"]["reasons"].__setitem__(0, m["labels"]["reasons"][1]), "one label twice"),
        (lambda m: m["blocks"][0].update(kind="char"), "unknown kind of n-gram"),
        (lambda m: m["blocks"][0].update(low=0), "unknown kind of n-gram"),
        (lambda m: m["temperature"].update(reasons=0), "temperature that is not above zero"),
        (lambda m: m["thresholds"].pop("sure"), "lacks or misstates a part .*sure"),
        (lambda m: m["thresholds"].update(more=1), "lacks or misstates a part .*more"),
        (lambda m: m["thresholds"].update(sure=math.nan), "lacks or misstates a part .*nan"),
        (lambda m: m.pop("version"), "lacks or misstates a part .*version"),
        (lambda m: m.pop("temperature"), "lacks or misstates a part .*temperature"),
        (lambda m: m["files"].pop(WEIGHTS), "does not list weights.npz"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(model_copy: Path, change: Change, message: str) -> None:
    rewrite_manifest(model_copy, change)
    with pytest.raises(ModelError, match=message):
        load_model(model_copy)


def test_features_cannot_be_shifted_from_one_block_to_another(model_copy: Path) -> None:
    def shift(manifest: dict[str, Any]) -> None:
        first, second = manifest["blocks"]
        second["features"] += first["features"] + 1
        first["features"] = -1

    rewrite_manifest(model_copy, shift)
    with pytest.raises(ModelError, match="do not fit together"):
        load_model(model_copy)


JUNK = (None, True, -1, 1.5, "x", [], {}, [[]], math.nan, math.inf, 10**400, "\ud83d")
PARTS = (
    ("format",),
    ("version",),
    ("labels",),
    ("labels", "reasons"),
    ("labels", "stages"),
    ("labels", "reasons", 0),
    ("blocks",),
    ("blocks", 0),
    ("blocks", 0, "kind"),
    ("blocks", 0, "low"),
    ("blocks", 1, "high"),
    ("blocks", 0, "features"),
    ("temperature",),
    ("temperature", "reasons"),
    ("temperature", "stages"),
    ("thresholds",),
    ("thresholds", "sure"),
    ("thresholds", "words"),
    ("files",),
    ("files", WEIGHTS),
    ("training",),
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: ".".join(map(str, part)))
def test_junk_in_any_part_of_a_manifest_is_refused_or_harmless(model_copy: Path, part: tuple[Any, ...]) -> None:
    original = (model_copy / MANIFEST).read_text(encoding="utf-8")
    for junk in JUNK:
        manifest = place = json.loads(original)
        for key in part[:-1]:
            place = place[key]
        place[part[-1]] = junk
        (model_copy / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        refusal = assert_usable_unless_refused(model_copy)
        assert refusal is None or model_copy.name in refusal


def assert_usable_unless_refused(path: Path) -> str | None:
    """What a model is refused with; None where it can be used like any other."""
    try:
        model = load_model(path)
    except ModelError as error:
        return str(error)
    assert_usable(model)
    return None


def assert_usable(model: Model) -> None:
    scores = model.score(["your account is deactivated", ""])
    for part in (scores.reasons, scores.stages):
        assert np.isfinite(part).all()
        np.testing.assert_allclose(part.sum(axis=1), 1.0)
    assert all(math.isfinite(value) for value in model.thresholds.as_dict().values())
