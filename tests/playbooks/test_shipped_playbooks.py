"""The playbooks that ship: complete, and nothing named in them that is not there."""

from __future__ import annotations

import re

import pytest

from reinstate.playbooks import Playbook, load_playbook, playbook_names
from reinstate.playbooks.loading import LISTS, common, known_sources
from reinstate.resources import read_toml
from reinstate.taxonomy import default_taxonomy

#: Papers that a seller makes for the appeal; the others are those that notices ask for.
MADE_BY_THE_SELLER = {
    "change_log",
    "contract",
    "inspection_record",
    "police_report",
    "screenshot",
    "staff_record",
    "statement",
}
#: Where forged documents or fraud are alleged, it has to say that this wants a lawyer.
WANTS_A_LAWYER = {
    "forged_documents",
    *(r.slug for r in default_taxonomy().reasons.values() if r.category == "fraud"),
}


@pytest.fixture(params=default_taxonomy().block_reasons())
def book(request: pytest.FixtureRequest) -> Playbook:
    return load_playbook(request.param)


def test_every_reason_but_other_mail_has_one_and_there_are_no_others() -> None:
    assert playbook_names() == sorted(default_taxonomy().block_reasons())
    assert default_taxonomy().not_a_notice not in playbook_names()


@pytest.mark.parametrize("reason", default_taxonomy().block_reasons())
def test_a_file_is_named_after_its_reason(reason: str) -> None:
    assert load_playbook(reason).reason == reason


def test_every_cited_source_exists(book: Playbook) -> None:
    assert set(book.sources()) <= set(known_sources())


def test_names_of_evidence_are_in_the_vocabulary(book: Playbook) -> None:
    known = set(read_toml("facts.toml")["documents"]) | MADE_BY_THE_SELLER
    assert {item["name"] for item in book.evidence} <= known


def test_it_tells_itself_apart_from_other_known_reasons(book: Playbook) -> None:
    assert book.tell_apart
    assert set(book.tell_apart) <= set(default_taxonomy().block_reasons()) - {book.reason}


def test_how_sure_a_deadline_is_has_a_name(book: Playbook) -> None:
    assert {item["certainty"] for item in book.deadlines} <= set(common()["certainty"])


def test_a_deadline_stated_by_amazon_names_its_source(book: Playbook) -> None:
    unsourced = [d["what"] for d in book.deadlines if d["certainty"] in ("amazon", "reported") and not d.sources]
    assert unsourced == []


def test_it_promises_no_outcome(book: Playbook) -> None:
    texts = [item[key] for name, keys in LISTS.items() for item in getattr(book, name) for key in keys]
    whole = " ".join([book.summary, book.answer, *texts]).lower()
    assert not re.search(r"\bwe guarantee\b|\b(will|is sure to) (be reinstated|get reinstated|succeed|win)\b", whole)


@pytest.mark.parametrize("reason", sorted(WANTS_A_LAWYER))
def test_fraud_and_forgery_want_a_lawyer(reason: str) -> None:
    assert load_playbook(reason).specialist


def test_common_matter_cites_sources_that_exist() -> None:
    shared = common()
    entries = [*shared["key_points"], *shared["first_day"], shared["invoice"]]
    assert {number for entry in entries for number in entry["sources"]} <= set(known_sources())


def test_every_source_has_a_kind_and_a_title() -> None:
    for number, entry in known_sources().items():
        assert entry["kind"] in set("ARGLT"), number
        assert entry["title"].strip(), number
