from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from reinstate.playbooks import load_playbook, playbook_names, to_markdown
from reinstate.playbooks.loading import LISTS, common


def test_markdown_is_as_last_looked_at(golden: Callable[[str, str], None]) -> None:
    golden("playbook_payment_method.md", to_markdown(load_playbook("payment_method")))


@pytest.mark.parametrize("reason", playbook_names())
class TestEveryPlaybook:
    def test_has_the_four_steps_in_order(self, reason: str) -> None:
        headings = re.findall(r"^## (.*)$", to_markdown(load_playbook(reason)), re.MULTILINE)
        assert headings == [*common()["steps"].values(), common()["labels"]["references"]]

    def test_loses_nothing_on_the_way(self, reason: str) -> None:
        book = load_playbook(reason)
        page = re.sub(r"[.?!*]", "", to_markdown(book))
        for name, keys in LISTS.items():
            for item in getattr(book, name):
                for key in keys:
                    if key not in ("name", "certainty"):
                        assert re.sub(r"[.?!*]", "", item[key]) in page, (name, item[key])

    def test_lists_exactly_the_sources_it_cites(self, reason: str) -> None:
        body, references = to_markdown(load_playbook(reason)).rsplit("\n## ", 1)
        cited = {int(n) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", body) for n in group.split(", ")}
        listed = [int(n) for n in re.findall(r"^- \[(\d+)\]", references, re.MULTILINE)]
        assert listed == sorted(cited)

    def test_is_tidy(self, reason: str) -> None:
        page = to_markdown(load_playbook(reason))
        assert "\n\n\n" not in page
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
        assert not re.search(r"[.?!]\.(?!\.)", page)

    def test_says_that_it_is_no_legal_advice(self, reason: str) -> None:
        assert common()["closing"]["text"] in to_markdown(load_playbook(reason))


def test_a_lawyer_is_named_only_where_one_is_wanted() -> None:
    book = load_playbook("forged_documents")
    assert f"**This wants a lawyer or specialist.** {book.specialist}" in to_markdown(book)
    assert "lawyer or specialist" not in to_markdown(replace(book, specialist=""))


def test_the_rules_for_invoices_stand_where_invoices_are_wanted() -> None:
    title = common()["invoice"]["title"]
    assert title in to_markdown(load_playbook("inauthentic"))
    without = replace(load_playbook("inauthentic"), evidence=load_playbook("identity_verification").evidence)
    assert title not in to_markdown(without)
