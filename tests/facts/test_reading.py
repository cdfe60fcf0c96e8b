from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate.facts import Facts, Span, read_facts
from reinstate.resources import read_toml
from reinstate.taxonomy import default_taxonomy
from reinstate.text import clean
from reinstate.text.cleaning import MAX_CHARACTERS

STATEMENTS = (
    "Please send invoices dated within the last 365 days for ASIN B07XYZ1234.",
    "Complaint ID: 5512349876",
    "order 123-1234567-1234567",
    "within 17 days",
    "reply by 3 March 2025",
    "no later than 2024-02-29",
    "Your order defect rate is 2.3 %, above our target of 1 %.",
    "We hold $1,234.56",
    "write to notice-dispute@amazon.com",
    "amazon.co.uk",
    "This breaks the Drop Shipping Policy.",
    "the rights owner complained",
    "\n\n",
    "<p>passport</p>",
)


def facts(text: str) -> Facts:
    return read_facts(text, clean(text))


def spans(found: Facts) -> list[Span]:
    values = [getattr(found, field.name) for field in fields(found)]
    return [item for value in values if isinstance(value, tuple) for item in value if isinstance(item, Span)]


def texts(items: tuple[Span, ...]) -> list[str]:
    return [item.text for item in items]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(st.sampled_from(STATEMENTS), st.text(max_size=30)), max_size=12).map(" ".join))
def test_every_span_is_quoted_from_the_text_given(text: str) -> None:
    for span in spans(facts(text)):
        assert text[span.start : span.end] == span.text
        assert span.text


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(STATEMENTS), max_size=12).map("\n".join))
def test_spans_of_a_kind_stand_in_the_order_of_the_text(text: str) -> None:
    found = facts(text)
    for field in fields(found):
        value = getattr(found, field.name)
        starts = [item.start for item in value if isinstance(item, Span)] if isinstance(value, tuple) else []
        assert starts == sorted(starts)


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="abcdefghijklmnop ,.\n", max_size=200))
def test_text_without_facts_states_none(text: str) -> None:
    assert spans(facts(text)) == []


def test_empty_text_states_nothing() -> None:
    assert facts("") == Facts()


def test_what_the_cleaner_did_not_read_is_not_read() -> None:
    padding = "word " * (MAX_CHARACTERS // 5)
    assert texts(facts(padding + " B07XYZ1234").asins) == []
    assert texts(facts("B07XYZ1234 " + padding).asins) == ["B07XYZ1234"]


class TestAsins:
    def test_each_is_given_once(self) -> None:
        assert texts(facts("B07XYZ1234, B08AAAA111 and B07XYZ1234").asins) == ["B07XYZ1234", "B08AAAA111"]

    @pytest.mark.parametrize("asin", ["B0XXXXXXXX", "B07xxxxxxx", "B07*******", "B0********", "B07ABC***9"])
    def test_masked_ones_are_read(self, asin: str) -> None:
        assert texts(facts(f"Concerned ASIN: {asin}, see below").asins) == [asin]

    def test_one_in_bold_marks_is_read(self) -> None:
        assert texts(facts("**B07XYZ1234**").asins) == ["B07XYZ1234"]

    @pytest.mark.parametrize("word", ["B0X", "BOX", "B07", "XB07XYZ1234", "B07XYZ12345"])
    def test_words_that_look_alike_are_not(self, word: str) -> None:
        assert texts(facts(f"the {word} is here").asins) == []


class TestDeadlines:
    @pytest.mark.parametrize(
        ("written", "days"),
        [
            ("within 17 days", 17),
            ("within 72 hours", 3),
            ("within 48 hours", 2),
            ("within seventeen (17) days", 17),
            ("within the next 2 weeks", 14),
            ("in the next seven days", 7),
            ("no later than 3 months", 90),
            ("within 10 business days", 10),
            ("Within 30 Days", 30),
        ],
    )
    def test_a_span_of_time_is_counted_in_days(self, written: str, days: float) -> None:
        (deadline,) = facts(f"Answer {written}, please.").deadlines
        assert deadline.text == written
        assert deadline.days == days
        assert deadline.date is None
        assert deadline.provenance == "stated"

    @pytest.mark.parametrize(
        ("written", "date"),
        [
            ("by March 3, 2025", "2025-03-03"),
            ("before Mar. 3rd, 2025", "2025-03-03"),
            ("by 5 May 2026", "2026-05-05"),
            ("until 29 February 2024", "2024-02-29"),
            ("by the 3rd of September 2025", "2025-09-03"),
            ("on or before 2025-12-31", "2025-12-31"),
        ],
    )
    def test_a_date_is_given_in_iso_form(self, written: str, date: str) -> None:
        (deadline,) = facts(f"Answer {written}.").deadlines
        assert deadline.date == date
        assert deadline.days is None

    @pytest.mark.parametrize("written", ["by June 7", "by February 31, 2025", "by 2025-13-01", "by 31 April 2025"])
    def test_a_date_that_is_not_wholly_stated_or_not_in_the_calendar_is_quoted_not_guessed(self, written: str) -> None:
        (deadline,) = facts(f"Answer {written}.").deadlines
        assert deadline.text == written
        assert deadline.date is None

    def test_a_wording_is_given_once(self) -> None:
        assert len(facts("Answer within 17 days. Again: WITHIN 17 DAYS.").deadlines) == 1

    def test_a_time_past_is_no_deadline(self) -> None:
        assert facts("We looked at your sales of the last 30 days.").deadlines == ()


class TestDocuments:
    def test_a_document_that_is_demanded_is_asked_for(self) -> None:
        (document,) = facts("Please send us invoices from your supplier.").documents
        assert (document.name, document.text) == ("invoice", "invoices")

    def test_a_document_that_is_merely_named_is_not(self) -> None:
        assert facts("An invoice is a commercial paper.").documents == ()

    def test_the_demand_has_to_stand_near(self) -> None:
        assert facts("Send it. " + "x " * 300 + "An invoice is a paper.").documents == ()

    @pytest.mark.parametrize(("age", "days"), [("365 days", 365), ("90-day", 90), ("6 months", 180)])
    def test_its_greatest_age_is_read(self, age: str, days: int) -> None:
        (document,) = facts(f"Send a utility bill, {age} old at most.").documents
        assert document.max_age_days == days

    def test_no_age_is_invented(self) -> None:
        (document,) = facts("Send a passport within 5 days.").documents
        assert document.max_age_days is None

    def test_the_longest_name_wins(self) -> None:
        found = facts("Please provide a trademark registration certificate.").documents
        assert [(d.name, d.text) for d in found] == [("trademark_certificate", "trademark registration certificate")]

    def test_several_stand_in_the_order_of_the_text(self) -> None:
        found = facts("Upload a passport, a bank statement and a utility bill.").documents
        assert [d.name for d in found] == ["identity_document", "bank_statement", "utility_bill"]

    @pytest.mark.parametrize("written", ["Form W-9", "W-9 form", "Form W-8BEN"])
    def test_tax_forms_are_known_by_their_letters(self, written: str) -> None:
        assert [d.name for d in facts(f"Please submit {written} to us.").documents] == ["tax_document"]


class TestDataFile:
    """A phrase that is not in cleaned form would never be found."""

    RULES = read_toml("facts.toml")

    @pytest.mark.parametrize("name", sorted(RULES["documents"]))
    def test_every_phrase_of_a_document_is_found(self, name: str) -> None:
        for phrase in self.RULES["documents"][name]:
            demand = "You must submit " + phrase.replace("xnum", "9")
            assert name in {d.name for d in facts(demand).documents}, phrase

    @pytest.mark.parametrize("name", sorted(RULES["policies"]))
    def test_every_phrase_of_a_policy_is_found(self, name: str) -> None:
        for phrase in self.RULES["policies"][name]["phrases"]:
            assert name in {p.name for p in facts(f"See the {phrase.replace('num', '')} here").policies}, phrase

    @pytest.mark.parametrize("kind", sorted(RULES["asks"]))
    def test_every_phrase_of_a_demand_is_found(self, kind: str) -> None:
        for phrase in self.RULES["asks"][kind]:
            assert kind in facts(f"Well, {phrase}.").asks, phrase

    @pytest.mark.parametrize("name", sorted(RULES["metrics"]))
    def test_every_phrase_of_a_metric_is_found(self, name: str) -> None:
        for phrase in self.RULES["metrics"][name]:
            assert [(m.name, m.value) for m in facts(f"Your {phrase} was 4 %.").metrics] == [(name, 4.0)], phrase

    @pytest.mark.parametrize("who", sorted(RULES["complainant"]))
    def test_every_phrase_of_a_complainant_is_found(self, who: str) -> None:
        for phrase in self.RULES["complainant"][who]:
            assert facts(f"Then {phrase} today.").complainant == who, phrase

    def test_policies_name_reasons_of_the_taxonomy(self) -> None:
        named = {entry["reason"] for entry in self.RULES["policies"].values()} - {""}
        assert named <= set(default_taxonomy().reasons)


class TestReferences:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Complaint ID: 5512349876", ["5512349876"]),
            ("case number 9876543210", ["9876543210"]),
            ("Case ID: A1B2C3-D4", ["A1B2C3-D4"]),
            ("order 123-1234567-1234567", ["123-1234567-1234567"]),
            ("order 123-1234567-1234567, case 1234567", ["123-1234567-1234567", "1234567"]),
        ],
    )
    def test_ids_are_read(self, text: str, found: list[str]) -> None:
        assert texts(facts(text).reference_ids) == found

    @pytest.mark.parametrize("heading", ["NOTICE: INFRINGEMENT", "CASE CLOSED TODAY", "COMPLAINT RECEIVED"])
    def test_a_heading_in_capitals_holds_none(self, heading: str) -> None:
        assert facts(heading).reference_ids == ()


class TestMetrics:
    def test_value_and_target_are_told_apart(self) -> None:
        (metric,) = facts("Your order defect rate is 2.31 %, above our target of 1 %.").metrics
        assert (metric.name, metric.value, metric.target) == ("order_defect_rate", 2.31, 1.0)

    def test_a_decimal_comma_is_read(self) -> None:
        (metric,) = facts("Late shipment rate: 7,5 percent").metrics
        assert metric.value == 7.5

    def test_a_target_alone_leaves_the_value_open(self) -> None:
        (metric,) = facts("Keep your valid tracking rate at least 95 %.").metrics
        assert (metric.value, metric.target) == (None, 95.0)

    def test_a_rating_is_read_in_points(self) -> None:
        (metric,) = facts("Your Account Health Rating is 120 and that is too low.").metrics
        assert (metric.name, metric.value) == ("account_health_rating", 120.0)

    def test_a_name_without_figures_is_no_metric(self) -> None:
        assert facts("Your order defect rate is too high.").metrics == ()

    def test_a_metric_does_not_take_the_figure_of_the_next(self) -> None:
        (metric,) = facts("Your order defect rate is too high. Your late shipment rate is 7 %.").metrics
        assert (metric.name, metric.value) == ("late_shipment_rate", 7.0)

    def test_each_metric_has_its_own_figure(self) -> None:
        found = facts("Order defect rate: 2 %\nCancellation rate: 4 %\nOn time delivery rate: 80 %").metrics
        assert [(m.name, m.value) for m in found] == [
            ("order_defect_rate", 2.0),
            ("cancellation_rate", 4.0),
            ("on_time_delivery_rate", 80.0),
        ]


class TestPolicies:
    def test_a_policy_is_named_as_in_the_data_file_and_quoted_as_written(self) -> None:
        (policy,) = facts("This is against our drop-shipping policy.").policies
        assert (policy.name, policy.text, policy.reason) == (
            "Drop Shipping Policy",
            "drop-shipping policy",
            "drop_shipping",
        )

    def test_a_general_policy_stands_for_no_reason(self) -> None:
        (policy,) = facts("See the Business Solutions Agreement.").policies
        assert policy.reason == ""


class TestAsks:
    @pytest.mark.parametrize(
        ("text", "asks"),
        [
            ("Send a plan of action.", ("plan_of_action",)),
            ("Send your passport.", ("documents",)),
            ("Tell us the root cause and attach invoices.", ("documents", "plan_of_action")),
            ("Please answer the following questions.", ("questionnaire",)),
            ("Please acknowledge this policy.", ("acknowledgement",)),
            ("Join a video call with us.", ("interview",)),
            ("Contact the rights owner.", ("retraction",)),
            ("Update your credit card.", ("payment_update",)),
            ("No action is required.", ("nothing",)),
            ("We removed the listing.", ()),
        ],
    )
    def test_the_kind_of_answer_wanted(self, text: str, asks: tuple[str, ...]) -> None:
        assert facts(text).asks == asks

    def test_the_word_prevent_is_no_plan_where_papers_are_listed(self) -> None:
        assert facts("To prevent this, send invoices.").asks == ("documents",)

    def test_nothing_gives_way_to_something(self) -> None:
        assert facts("No further action is needed once you submit a receipt.").asks == ("documents",)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("A rights owner complained to us.", "rights_owner"),
        ("We received customer complaints about your items.", "customers"),
        ("We found that your account breaks our rules.", "amazon"),
        ("Hello there.", None),
    ],
)
def test_who_complained(text: str, who: str | None) -> None:
    assert facts(text).complainant == who


def test_marketplaces_are_read_from_addresses_once_each() -> None:
    found = facts("amazon.co.uk, www.amazon.de, amazon.com, Amazon.de, amazon.example").marketplaces
    assert found == ("UK", "DE", "US")


def test_amounts_keep_their_currency() -> None:
    assert texts(facts("We hold $1,234.56, 300 EUR and Rs. 500.").amounts) == ["$1,234.56", "300 EUR", "Rs. 500"]


def test_contacts_are_mail_addresses() -> None:
    assert texts(facts("Write to notice-dispute@amazon.com.").contacts) == ["notice-dispute@amazon.com"]
