from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate import Diagnosis, Model, ReinstateError, classify, load_model
from reinstate.diagnosis import CANDIDATES, EVIDENCE, diagnose
from reinstate.model import default_model, default_model_path
from reinstate.resources import read_toml
from reinstate.taxonomy import Taxonomy, default_taxonomy, load_taxonomy
from reinstate.text import read_text
from reinstate.text.cleaning import MAX_CHARACTERS

SAMPLES = Path(__file__).parent / "samples"
NOTICES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "notices").glob("*.txt"))}
OTHER = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "other").glob("*.txt"))}
FOREIGN = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SAMPLES / "foreign").glob("*.txt"))}
EVERYTHING = [*NOTICES.values(), *OTHER.values(), *FOREIGN.values(), "", "?", "https://amazon.com/x"]

number = int | float
SPAN = {"text": str, "start": int, "end": int}
#: The object of ``reinstate classify --json``: each key with its type, a list with that of its items.
FORM: dict[str, Any] = {
    "is_notice": bool,
    "reason": str,
    "category": str,
    "probability": number,
    "unsure": bool,
    "why_unsure": str | None,
    "candidates": [{"reason": str, "category": str, "probability": number}],
    "set": [str],
    "also": [str],
    "stage": {"name": str, "probability": number},
    "asks": [str],
    "language": str,
    "evidence": [{"start": int, "end": int, "text": str, "weight": number}],
    "facts": {
        "asins": [SPAN],
        "deadlines": [SPAN | {"days": number | None, "date": str | None, "provenance": str}],
        "documents": [SPAN | {"name": str, "max_age_days": int | None}],
        "reference_ids": [SPAN],
        "contacts": [SPAN],
        "policies": [SPAN | {"name": str}],
        "metrics": [SPAN | {"name": str, "value": number | None, "target": number | None}],
        "amounts": [SPAN],
        "complainant": str | None,
        "marketplaces": [str],
    },
    "authenticity": {"verdict": str, "signals": [{"name": str, "detail": str}]},
    "playbook": str | None,
    "model": str,
    "truncated": bool,
}
#: What the format promises as names of documents and kinds of answer.
DOCUMENTS = """
invoice receipt identity_document utility_bill business_licence bank_statement card_statement address_proof
tax_document letter_of_authorisation licence_agreement trademark_certificate supplier_contact
supply_chain_documents test_report certificate_of_compliance safety_data_sheet product_images delivery_proof
court_order retraction non_infringement_opinion counter_notice list_of_orders
"""
ASKS = "plan_of_action documents questionnaire acknowledgement interview retraction payment_update nothing"

texts = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(), max_size=60),
    st.lists(st.sampled_from([*NOTICES.values(), *FOREIGN.values(), "<p>", "\x00", "\ud800", "B07", " "])).map("".join),
)


def hold(data: Any, form: Any, where: str = "answer") -> None:
    """Fail where plain data does not have the form."""
    if isinstance(form, dict):
        assert list(data) == list(form), where
        for key, inner in form.items():
            hold(data[key], inner, f"{where}.{key}")
    elif isinstance(form, list):
        assert isinstance(data, list), where
        for item in data:
            hold(item, form[0], f"{where}[]")
    else:
        assert isinstance(data, form), where
        assert form is not number or not isinstance(data, bool), where


def spans(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, dict):
        return ([data] if "start" in data else []) + [span for value in data.values() for span in spans(value)]
    return [span for item in data for span in spans(item)] if isinstance(data, list) else []


def plain(answer: Diagnosis) -> Any:
    return json.loads(json.dumps(answer.as_dict()))


def with_thresholds(**changes: float) -> Model:
    model = load_model(default_model_path(), "own")
    model.thresholds = replace(model.thresholds, **changes)
    return model


class TestJson:
    @pytest.mark.parametrize("text", EVERYTHING)
    def test_keys_and_types_are_those_of_the_format(self, text: str) -> None:
        hold(plain(classify(text)), FORM)

    def test_the_vocabulary_of_documents_covers_the_format(self) -> None:
        assert set(DOCUMENTS.split()) <= set(read_toml("facts.toml")["documents"])

    @pytest.mark.parametrize("text", EVERYTHING)
    def test_labels_are_those_of_the_taxonomy(self, text: str) -> None:
        taxonomy = default_taxonomy()
        data = plain(classify(text))
        named = [data["reason"], *data["set"], *data["also"], *(c["reason"] for c in data["candidates"])]
        assert set(named) <= set(taxonomy.reasons)
        assert data["category"] == taxonomy.reasons[data["reason"]].category
        assert all(c["category"] == taxonomy.reasons[c["reason"]].category for c in data["candidates"])
        assert data["stage"]["name"] in taxonomy.stages
        assert set(data["asks"]) <= set(ASKS.split())
        assert data["facts"]["complainant"] in ("rights_owner", "customers", "amazon", None)
        assert data["authenticity"] == {"verdict": "not_checked", "signals": []}
        assert data["model"] == default_model().title


@settings(deadline=None, max_examples=100)
@given(texts)
def test_any_text_has_an_answer_that_keeps_the_promises(text: str) -> None:
    answer = classify(text)
    data = answer.as_dict()
    for span in spans([data["evidence"], data["facts"]]):
        assert text[span["start"] : span["end"]] == span["text"]
    probabilities = [candidate.probability for candidate in answer.candidates]
    assert len(probabilities) >= CANDIDATES
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= p <= 1 for p in probabilities)
    assert sum(probabilities) <= 1.001
    assert len({candidate.reason for candidate in answer.candidates}) == len(answer.candidates)
    assert (answer.reason, answer.probability) == (answer.candidates[0].reason, probabilities[0])
    assert answer.set == tuple(candidate.reason for candidate in answer.candidates[: len(answer.set)])
    assert answer.set
    assert answer.unsure is (answer.why_unsure is not None)
    assert answer.is_notice is (answer.reason != default_taxonomy().not_a_notice)
    assert answer.playbook == (answer.reason if answer.is_notice else None)
    assert answer.reason not in answer.also
    assert len(answer.evidence) <= EVIDENCE
    assert sum(evidence.weight for evidence in answer.evidence) <= 1.001


@settings(deadline=None, max_examples=100)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.tuples(st.text(max_size=80), st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "cp1252", "koi8-r"])).map(
            lambda pair: pair[0].encode(pair[1], "replace")
        ),
    )
)
def test_any_bytes_have_an_answer_or_a_known_error(data: bytes) -> None:
    try:
        text = read_text(data)
    except ReinstateError:
        return
    hold(plain(classify(text)), FORM)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(EVERYTHING), max_size=8), st.randoms())
def test_an_answer_does_not_depend_on_its_neighbours(batch: list[str], random: Any) -> None:
    alone = {text: classify(text) for text in batch}
    random.shuffle(batch)
    together = diagnose(batch)
    assert [answer.reason for answer in together] == [alone[text].reason for text in batch]
    assert [answer.facts for answer in together] == [alone[text].facts for text in batch]
    for answer, text in zip(together, batch, strict=True):
        assert answer.probability == pytest.approx(alone[text].probability, abs=2e-4)


def test_the_same_text_has_the_same_answer() -> None:
    text = NOTICES["inauthentic"]
    assert json.dumps(classify(text).as_dict()) == json.dumps(classify(text).as_dict())


def test_no_texts_have_no_answers() -> None:
    assert diagnose([]) == []


class TestNotices:
    @pytest.mark.parametrize("reason", sorted(NOTICES))
    def test_a_notice_that_speaks_plainly_is_understood(self, reason: str) -> None:
        answer = classify(NOTICES[reason])
        assert answer.is_notice
        assert answer.reason == reason
        assert answer.language == "en"
        assert answer.playbook == reason

    @pytest.mark.parametrize("reason", sorted(NOTICES))
    def test_line_breaks_and_html_do_not_change_the_reason(self, reason: str) -> None:
        paragraphs = NOTICES[reason].split("\n\n")
        page = "<html><head><title>x</title></head><body>" + "".join(f"<p>{p}</p>" for p in paragraphs) + "</body>"
        assert classify(page).reason == classify(NOTICES[reason].replace("\n", "\r\n")).reason == reason

    @pytest.mark.parametrize("reason", sorted(NOTICES))
    def test_evidence_comes_strongest_first_and_does_not_overlap(self, reason: str) -> None:
        evidence = classify(NOTICES[reason]).evidence
        assert evidence
        assert [e.weight for e in evidence] == sorted((e.weight for e in evidence), reverse=True)
        in_order = sorted(evidence, key=lambda e: e.start)
        assert all(a.end <= b.start for a, b in pairwise(in_order))
        assert not any("\n" in e.text for e in evidence)

    def test_the_facts_of_a_notice(self) -> None:
        facts = classify(NOTICES["inauthentic"]).facts
        assert [a.text for a in facts.asins] == ["B07XYZ1234", "B08QRS5678"]
        assert [d.days for d in facts.deadlines] == [17]
        assert {d.name: d.max_age_days for d in facts.documents}["invoice"] == 365
        assert [c.text for c in facts.contacts] == ["seller-performance@amazon.com"]

    def test_papers_are_told_from_a_plan(self) -> None:
        assert classify(NOTICES["identity_verification"]).asks == ("documents",)
        assert classify(NOTICES["order_defect_rate"]).asks == ("plan_of_action",)
        assert "retraction" in classify(NOTICES["trademark"]).asks

    def test_a_second_reason_named_by_its_policy_stands_in_also(self) -> None:
        text = NOTICES["trademark"] + "\nYou also broke our Drop Shipping Policy."
        assert classify(text).also == ("drop_shipping",)

    def test_a_quoted_mail_below_a_reply_is_not_read(self) -> None:
        quoted = "\n\nOn Monday, 3 March 2025 seller-performance@amazon.com wrote:\n" + NOTICES["trademark"]
        answer = classify(NOTICES["drop_shipping"] + quoted)
        assert answer.reason == "drop_shipping"
        assert answer.facts.asins == ()

    def test_the_tail_of_an_endless_text_is_not_read_and_that_is_said(self) -> None:
        text = NOTICES["trademark"] + "\n" * MAX_CHARACTERS
        assert classify(text).truncated
        assert classify(text).reason == "trademark"
        assert not classify(NOTICES["trademark"]).truncated


class TestUnsure:
    @pytest.mark.parametrize("language", sorted(FOREIGN))
    def test_of_other_languages(self, language: str) -> None:
        answer = classify(FOREIGN[language])
        assert (answer.language, answer.unsure, answer.why_unsure) == (language, True, "language")

    @pytest.mark.parametrize(
        "text", ["", " ", "?", "Blocked!", "https://sellercentral.amazon.com/x", "B07XYZ1234", "<p></p>", "\ud800"]
    )
    def test_of_text_too_short_to_say(self, text: str) -> None:
        answer = classify(text)
        assert (answer.unsure, answer.why_unsure) == (True, "short")

    def test_of_gibberish(self) -> None:
        answer = classify(OTHER["gibberish"])
        assert (answer.language, answer.unsure, answer.why_unsure) == ("und", True, "foreign")

    def test_of_a_reply_that_names_no_reason(self) -> None:
        text = (
            "Hello, thank you for your reply. We reviewed what you sent and decided not to reinstate your account. "
            "You may not sell on Amazon. Please send us more details if you have any. We may not reply to you again."
        )
        assert classify(text).unsure

    @pytest.mark.parametrize("text", [OTHER[name] for name in sorted(OTHER)], ids=sorted(OTHER))
    def test_other_text_is_never_surely_a_notice(self, text: str) -> None:
        answer = classify(text)
        assert answer.unsure or not answer.is_notice

    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9), min_size=8, max_size=60))
    def test_random_words_are_never_surely_a_notice(self, words: list[str]) -> None:
        answer = classify(" ".join(words))
        assert answer.unsure or not answer.is_notice

    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(st.text("lI1|oO0.,;:'`~^°¬—-_ \n", min_size=50, max_size=400))
    def test_rubble_is_never_surely_a_notice(self, text: str) -> None:
        answer = classify(text)
        assert answer.unsure or not answer.is_notice


class TestThresholds:
    """The limits that the model carries decide, not numbers in the code."""

    TEXT = NOTICES["inauthentic"]

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"sure": 0.0}, None),
            ({"sure": 1.1}, "close"),
            ({"known": 1.1}, "foreign"),
            ({"words": 10_000}, "short"),
        ],
    )
    def test_each_has_its_own_reason_to_be_unsure(self, changes: dict[str, float], why: str | None) -> None:
        answer = classify(self.TEXT, model=with_thresholds(**changes))
        assert (answer.unsure, answer.why_unsure) == (why is not None, why)

    def test_the_set_grows_with_the_coverage_and_the_candidates_with_the_set(self) -> None:
        small = classify(OTHER["poem"], model=with_thresholds(coverage=0.0))
        whole = classify(OTHER["poem"], model=with_thresholds(coverage=1.1))
        assert len(small.set) == 1
        assert set(whole.set) == set(default_taxonomy().reasons)
        assert len(whole.candidates) == len(whole.set)

    def test_the_name_of_the_model_stands_in_the_answer(self) -> None:
        model = with_thresholds()
        assert classify(self.TEXT, model=model).model == f"own@{model.version}"


class TestOtherMail:
    def test_has_no_stage_no_playbook_no_evidence_and_no_facts(self) -> None:
        answer = classify(OTHER["newsletter"])
        assert not answer.is_notice
        assert (answer.stage.name, answer.stage.probability) == ("none", 1.0)
        assert (answer.playbook, answer.evidence, answer.also, answer.asks) == (None, (), (), ())
        assert answer.facts.amounts == ()


def test_a_taxonomy_of_ones_own_names_the_categories(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[categories.mine]\ntitle = "Mine"\n[reasons.trademark]\ncategory = "mine"\ntitle = "T"\ndescription = "D"\n'
    )
    taxonomy: Taxonomy = load_taxonomy(own)
    assert classify(NOTICES["trademark"], taxonomy=taxonomy).category == "mine"
