from __future__ import annotations

from importlib.metadata import version

import reinstate
from reinstate.diagnosis import Diagnosis, classify
from reinstate.errors import ReinstateError
from reinstate.model import Model, load_model
from reinstate.playbooks import load_playbook


def test_public_names_are_those_of_their_homes() -> None:
    assert reinstate.classify is classify
    assert reinstate.Diagnosis is Diagnosis
    assert reinstate.Model is Model
    assert reinstate.load_model is load_model
    assert reinstate.load_playbook is load_playbook
    assert reinstate.ReinstateError is ReinstateError


def test_all_of_it_can_be_imported_at_once() -> None:
    names: dict[str, object] = {}
    exec("from reinstate import *", names)
    assert set(reinstate.__all__) <= set(names)


def test_the_version_is_that_of_the_distribution() -> None:
    assert reinstate.__version__ == version("reinstate")


def test_answers_and_playbooks_go_together() -> None:
    answer = reinstate.classify(
        "We received a report from a rights owner that your listing infringes a registered trademark. "
        "The trademark owner asks us to remove the listing. Contact the trademark owner for a retraction."
    )
    assert answer.reason == "trademark"
    assert answer.playbook is not None
    assert reinstate.load_playbook(answer.playbook).reason == "trademark"
