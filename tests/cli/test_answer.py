from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate import Diagnosis, classify
from reinstate.cli.answer import render_answer
from reinstate.cli.style import Style
from reinstate.diagnosis import Candidate, Evidence
from reinstate.playbooks import load_playbook
from reinstate.resources import read_toml
from reinstate.taxonomy import default_taxonomy

SAMPLES = Path(__file__).parents[1] / "samples"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SAMPLES.rglob("*.txt"))}
TEXTS |= {"short": "Blocked!", "link": "https://" + "a" * 300, "one line": TEXTS["trademark"].replace("\n", " ") * 3}
SAY = read_toml("answers.toml")
PLAIN = Style()
STATES = (None, "language", "short", "foreign", "unnamed", "close")


@cache
def answer_to(name: str) -> Diagnosis:
    return classify(TEXTS[name])


def in_state(name: str, why: str | None) -> Diagnosis:
    """The answer to a sample, sure or unsure as wanted."""
    return replace(answer_to(name), unsure=why is not None, why_unsure=why)


def show(answer: Diagnosis, text: str, style: Style = PLAIN, *, whole: bool = False) -> str:
    return render_answer(answer, text, style, whole=whole)


def one_line(text: str) -> str:
    return " ".join(text.split())


def uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def closed(line: str) -> bool:
    """Whether every code of a line ends in it, and none stands within another."""
    codes = re.findall(r"\x1b\[[0-9;]*m", line)
    return all((code == "\x1b[0m") is bool(place % 2) for place, code in enumerate(codes)) and len(codes) % 2 == 0


class TestLayout:
    @pytest.mark.parametrize("name", sorted(TEXTS))
    @pytest.mark.parametrize("why", STATES)
    @pytest.mark.parametrize("width", [32, 47, 88])
    def test_no_line_is_wider_than_the_terminal(self, name: str, why: str | None, width: int) -> None:
        for whole in (False, True):
            shown = show(in_state(name, why), TEXTS[name], Style(True, width), whole=whole)
            assert max(len(uncoloured(line)) for line in shown.splitlines()) <= width

    @pytest.mark.parametrize("name", sorted(TEXTS))
    @pytest.mark.parametrize("why", STATES)
    def test_colour_takes_nothing_but_codes(self, name: str, why: str | None) -> None:
        coloured = show(in_state(name, why), TEXTS[name], Style(True))
        bare = show(in_state(name, why), TEXTS[name], Style(False))
        assert "\x1b" in coloured
        assert "\x1b" not in bare

        # Marks take room, so that lines break elsewhere: what is left are the characters, in their order.
        def characters(shown: str) -> str:
            return "".join(shown.translate(str.maketrans("", "", "«»│")).split())

        assert characters(uncoloured(coloured)) == characters(bare)

    @pytest.mark.parametrize("name", sorted(TEXTS))
    def test_every_code_ends_in_its_line(self, name: str) -> None:
        for line in show(in_state(name, None), TEXTS[name], Style(True, 40), whole=True).splitlines():
            assert closed(line)

    def test_a_marked_word_too_long_for_a_line_stays_marked_in_the_next(self) -> None:
        text = "see " + "a" * 100 + " there"
        answer = replace(in_state("trademark", None), evidence=(Evidence(10, 95, text[10:95], 0.5),))
        shown = show(answer, text, Style(True, 40))
        lines = [line for line in shown.splitlines() if "aaa" in line]
        assert len(lines) >= 3
        assert all(closed(line) and len(uncoloured(line)) <= 40 for line in lines)
        assert sum(part.count("a") for part in re.findall(r"\x1b\[30;43m(a+)\x1b\[0m", shown)) == 85

    def test_an_old_code_page_gets_signs_it_can_show(self) -> None:
        shown = show(in_state("trademark", None), TEXTS["trademark"], Style(blocks=False))
        assert "█" not in shown
        assert "│" not in shown
        assert "#" in shown

    @settings(deadline=None, max_examples=100)
    @given(
        st.text(st.one_of(st.sampled_from("ab \n\t\r\x1bm[0;\x9b\x07\x85\u2028"), st.characters()), max_size=400),
        st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), max_size=6),
        st.integers(32, 100),
        st.booleans(),
        st.booleans(),
    )
    def test_any_notice_is_shown_within_its_lines_and_cannot_steer_the_terminal(
        self, text: str, places: list[tuple[int, int]], width: int, colour: bool, whole: bool
    ) -> None:
        spans = [(start, min(start + length, len(text))) for start, length in places if start < len(text)]
        evidence = tuple(Evidence(start, end, text[start:end], 0.1) for start, end in spans)
        answer = replace(in_state("trademark", None), evidence=evidence)
        shown = show(answer, text, Style(colour, width), whole=whole)
        assert all(len(uncoloured(line)) <= width and closed(line) for line in shown.splitlines())
        assert not set(uncoloured(shown)) & {"\x1b", "\x9b", "\x07"}


class TestSureNotice:
    def test_says_verdict_papers_deadline_and_first_day(self) -> None:
        answer, book = in_state("inauthentic", None), load_playbook("inauthentic")
        shown = one_line(show(answer, TEXTS["inauthentic"]))
        assert shown.startswith(default_taxonomy().title_of("inauthentic"))
        for part in (
            "“within 17 days”",
            "B07XYZ1234, B08QRS5678",
            "invoice (at most 365 days old)",
            SAY["asks"]["documents"],
            book.summary,
            book.answer,
            book.first_day[0]["do"],
            book.first_day[-1]["do"],
            "reinstate playbook inauthentic",
            SAY["words"]["not_checked"],
            SAY["words"]["disclaimer"],
            answer.model,
        ):
            assert part in shown

    def test_never_claims_certainty(self) -> None:
        answer = replace(in_state("inauthentic", None), probability=1.0)
        shown = show(answer, TEXTS["inauthentic"])
        assert "> 99 % sure" in shown
        assert "100 %" not in shown

    def test_says_where_no_time_limit_was_found(self) -> None:
        assert SAY["words"]["no_deadline"] in show(in_state("drop_shipping", None), TEXTS["drop_shipping"])

    def test_names_a_lawyer_only_where_one_is_wanted(self) -> None:
        notice = in_state("trademark", None)
        fraud = replace(notice, reason="forged_documents", playbook="forged_documents")
        assert "wants a lawyer" in show(fraud, TEXTS["trademark"])
        assert "wants a lawyer" not in show(replace(notice, playbook="identity_verification"), TEXTS["trademark"])

    def test_leaves_out_candidates_too_faint_to_matter(self) -> None:
        answer = in_state("trademark", None)
        strong, weak, faint = (
            Candidate(reason, "intellectual_property", share)
            for reason, share in (("trademark", 0.8), ("copyright", 0.15), ("patent", 0.05))
        )
        shown = show(replace(answer, probability=0.8, candidates=(strong, weak, faint)), TEXTS["trademark"])
        assert default_taxonomy().title_of("copyright") in shown
        assert default_taxonomy().title_of("patent") not in shown

    def test_cuts_a_long_list_of_asins(self) -> None:
        text = TEXTS["trademark"] + " ".join(f"B0ABCDEF{n:02d}" for n in range(20))
        shown = show(replace(classify(text), unsure=False, why_unsure=None), text)
        assert "B0ABCDEF06 …" in one_line(shown)
        assert "B0ABCDEF07," not in shown

    def test_marks_the_telling_words_where_they_stand(self) -> None:
        text = "first line\nsecond telling line\nthird line"
        start = text.index("telling")
        answer = replace(in_state("trademark", None), evidence=(Evidence(start, start + 7, "telling", 0.5),))
        assert "│ second «telling» line" in show(answer, text)
        assert "third line" not in show(answer, text)
        assert "│ third line" in show(answer, text, whole=True)
        assert "second \x1b[30;43mtelling\x1b[0m line" in show(answer, text, Style(True))

    def test_shows_the_neighbourhood_of_a_word_in_an_endless_line(self) -> None:
        text = "before " * 200 + "telling " + "after " * 200
        start = text.index("telling")
        answer = replace(in_state("trademark", None), evidence=(Evidence(start, start + 7, "telling", 0.5),))
        (shown,) = re.findall(r"words that say so\n(.*?)\n\n", show(answer, text), re.DOTALL)
        assert "…" in shown
        assert "before «telling» after" in one_line(shown.replace("│", ""))
        assert len(shown) < 400

    def test_without_evidence_has_no_empty_heading(self) -> None:
        answer = replace(in_state("trademark", None), evidence=())
        assert "The words that say so" not in show(answer, TEXTS["trademark"])

    def test_says_when_the_tail_was_not_read(self) -> None:
        answer = in_state("trademark", None)
        assert SAY["words"]["truncated"] not in show(answer, TEXTS["trademark"])
        assert SAY["words"]["truncated"] in show(replace(answer, truncated=True), TEXTS["trademark"])


class TestUnsure:
    @pytest.mark.parametrize("why", ["short", "foreign", "unnamed", "close"])
    def test_says_why(self, why: str) -> None:
        shown = one_line(show(in_state("trademark", why), TEXTS["trademark"]))
        assert shown.startswith("Unsure")
        assert SAY["why_unsure"][why] in shown

    def test_names_the_language_it_cannot_read(self) -> None:
        shown = one_line(show(answer_to("de"), TEXTS["de"]))
        assert "This text is in German." in shown

    @pytest.mark.parametrize("why", ["language", "short", "foreign"])
    def test_hands_over_no_playbook_and_no_words_for_what_it_did_not_understand(self, why: str) -> None:
        shown = show(in_state("trademark", why), TEXTS["trademark"])
        assert "reinstate playbook" not in shown
        assert "What it wants" not in shown
        assert "The first day" not in shown

    def test_between_two_says_what_tells_them_apart(self) -> None:
        pair = (Candidate("trademark", "x", 0.5), Candidate("counterfeit_goods", "x", 0.4))
        answer = replace(in_state("trademark", "close"), candidates=pair, probability=0.5)
        shown = one_line(show(answer, TEXTS["trademark"]))
        assert load_playbook("trademark").tell_apart["counterfeit_goods"] in shown
        assert "reinstate playbook trademark · reinstate playbook counterfeit_goods" in shown
        assert load_playbook("trademark").summary not in shown

    def test_with_other_mail_among_the_candidates_names_no_playbook_for_it(self) -> None:
        pair = (Candidate("trademark", "x", 0.5), Candidate("not_a_notice", "x", 0.4))
        answer = replace(in_state("trademark", "close"), candidates=pair, probability=0.5)
        shown = one_line(show(answer, TEXTS["trademark"]))
        assert "Read on: reinstate playbook trademark Not checked" in shown

    def test_of_a_notice_without_a_reason_still_shows_what_it_wants(self) -> None:
        shown = one_line(show(in_state("inauthentic", "unnamed"), TEXTS["inauthentic"]))
        assert "“within 17 days”" in shown
        assert "Read on: reinstate reasons" in shown
        assert "reinstate playbook" not in shown


class TestOtherMail:
    def test_is_told_how_to_treat_a_mail_that_claims_to_be_amazons(self) -> None:
        shown = one_line(show(in_state("newsletter", None), TEXTS["newsletter"]))
        assert shown.startswith(SAY["words"]["not_a_notice"])
        assert SAY["words"]["not_a_notice_more"] in shown
        assert "reinstate playbook" not in shown
