"""Write the figures of the field set into the README, as `reinstate evaluate` gives them.

python benchmarks/readme_figures.py            # write
python benchmarks/readme_figures.py --check    # fail if the README says otherwise
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from reinstate.corpus import read_rows
from reinstate.evaluation import Report, evaluate

ROOT = Path(__file__).parents[1]
_BEGIN = "<!-- figures: begin (written by benchmarks/readme_figures.py) -->"
_END = "<!-- figures: end -->"
_ROWS = {
    "category": "right category",
    "top1": "right reason first",
    "top3": "right reason among the first three",
    "stage": "right stage",
    "sure_share": "sure answers",
    "sure_right": "of the sure answers, right",
    "set_coverage": "the set of reasons holds the right one",
    "other_mail_surely_a_notice": "other mail surely called a notice",
    "notices_called_other_mail": "notices called other mail",
}


def main() -> None:
    """Rewrite the table between the marks, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = figures(evaluate(read_rows(ROOT / "data" / "field" / "notices.jsonl")))
    fresh = re.sub(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", f"{_BEGIN}\n{table}\n{_END}", text, flags=re.DOTALL)
    if check and fresh != text:
        sys.exit("README.md does not say what reinstate evaluate says; run: python benchmarks/readme_figures.py")
    if not check:
        readme.write_text(fresh, encoding="utf-8")


def figures(report: Report) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | value | 95 % interval | rows |", "|---|---|---|---|"]
    for name, title in _ROWS.items():
        figure = report[name]
        lines.append(f"| {title} | {figure.value:.3f} | {figure.low:.3f} to {figure.high:.3f} | {figure.rows} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
