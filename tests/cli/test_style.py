from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reinstate.cli.listing import render_taxonomy
from reinstate.cli.style import Style, columns_of, render_markdown
from reinstate.playbooks import load_playbook, playbook_names, to_markdown
from reinstate.taxonomy import default_taxonomy

widths = st.integers(32, 120)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


class TestPaint:
    def test_wraps_text_in_codes_that_end_with_it(self) -> None:
        assert Style(colour=True).paint("x", "bold", "red") == "\x1b[1;31mx\x1b[0m"

    def test_without_colour_and_of_nothing_is_the_text_itself(self) -> None:
        assert Style(colour=False).paint("x", "bold") == "x"
        assert Style(colour=True).paint("", "bold") == ""

    @settings(deadline=None)
    @given(st.text("abc \n", max_size=200), widths)
    def test_of_a_heading_stays_within_each_line(self, text: str, width: int) -> None:
        lines = Style(colour=True, width=width).heading(text, "bold").split("\n")
        assert all(line == "" or (line.startswith("\x1b[1m") and line.endswith("\x1b[0m")) for line in lines)
        assert all(columns_of(line) <= width for line in lines)


class TestBar:
    @settings(deadline=None)
    @given(st.floats(-1, 2), st.integers(1, 60), st.booleans())
    def test_always_fills_its_cells(self, share: float, cells: int, blocks: bool) -> None:
        assert len(Style(blocks=blocks).bar(share, cells)) == cells

    @settings(deadline=None)
    @given(st.floats(0, 1), st.floats(0, 1), st.booleans())
    def test_grows_with_the_share(self, one: float, other: float, blocks: bool) -> None:
        low, high = (Style(blocks=blocks).bar(share, 20) for share in sorted((one, other)))
        assert low.count("█") + low.count("#") <= high.count("█") + high.count("#")

    @pytest.mark.parametrize(
        ("share", "blocks", "bar"),
        [(0, True, "    "), (1, True, "████"), (0.5, True, "██  "), (0.28125, True, "█▏  "), (0.5, False, "##  ")],
    )
    def test_counts_eighths_where_it_can(self, share: float, blocks: bool, bar: str) -> None:
        assert Style(blocks=blocks).bar(share, 4) == bar


class TestWrap:
    @settings(deadline=None)
    @given(st.text(max_size=300), widths)
    def test_no_line_is_wider_than_the_terminal(self, text: str, width: int) -> None:
        lines = Style(width=width).wrap(text, "   ", " - ").split("\n")
        assert all(len(line) <= width for line in lines)

    def test_the_first_line_may_begin_otherwise(self) -> None:
        assert Style(width=32).wrap("word " * 9, "    ", " 1. ").startswith(" 1. word")
        assert Style(width=32).wrap("word " * 9, "    ", " 1. ").split("\n")[1].startswith("    word")


class TestOfStdout:
    def test_a_pipe_has_no_colour_and_the_widest_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        assert (Style.of_stdout().colour, Style.of_stdout().width) == (False, Style().width)

    @pytest.mark.parametrize(("columns", "width"), [(10, 32), (50, 50), (500, 88)])
    def test_a_terminal_has_colour_and_its_width_within_reason(
        self, terminal: Callable[[int], None], columns: int, width: int
    ) -> None:
        terminal(columns)
        assert (Style.of_stdout().colour, Style.of_stdout().width) == (True, width)


class TestMarkdown:
    @pytest.mark.parametrize("width", [32, 60, 88])
    @pytest.mark.parametrize("reason", playbook_names())
    def test_a_playbook_fits_any_terminal_and_loses_no_word(self, reason: str, width: int) -> None:
        page = to_markdown(load_playbook(reason))
        shown = plain(render_markdown(page, Style(colour=True, width=width)))
        assert max(map(len, shown.splitlines())) <= width

        # Marks become signs, long words are broken: what is left are the letters, in their order.
        def letters(text: str) -> str:
            return "".join(filter(str.isalnum, text)).lower()

        assert letters(shown) == letters(page)

    def test_headings_lists_and_bold_are_laid_out(self) -> None:
        page = "# Title\n\n## Step\n\n### Part\n\n- one **two\n  three** four\n- [ ] paper\n1. first\n\ntext"
        shown = render_markdown(page.replace("\n  three", " three"), Style(colour=True, width=40))
        assert "\x1b[1;36mTitle\x1b[0m" in shown
        assert "\x1b[1;36mSTEP\x1b[0m" in shown
        assert "\x1b[1mPart\x1b[0m" in shown
        assert "  • one \x1b[1mtwo three\x1b[0m four" in shown
        assert "☐ paper" in shown
        assert "  1. first" in shown
        assert shown.endswith("\ntext")

    def test_bold_over_a_line_break_is_bold_on_both_lines(self) -> None:
        shown = render_markdown("- **" + "word " * 12 + "end**", Style(colour=True, width=40))
        for line in shown.splitlines():
            assert line.count("\x1b[1m") == line.count("\x1b[0m") == 1

    def test_an_old_code_page_gets_signs_it_can_show(self) -> None:
        shown = render_markdown("- [ ] paper\n- item", Style(blocks=False))
        assert shown.isascii()
        assert "- [ ] paper" in shown


@pytest.mark.parametrize("width", [32, 60, 88])
def test_the_list_of_reasons_fits_any_terminal(width: int) -> None:
    shown = plain(render_taxonomy(default_taxonomy(), Style(colour=True, width=width)))
    assert max(map(len, shown.splitlines())) <= width
