"""What the package loads, and when: a pasted notice does not wait for scikit-learn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reinstate

HEAVY = {"sklearn", "scipy", "pandas", "matplotlib", "joblib", "pyarrow"}
NOTICE = (
    "Hello, we have deactivated your Amazon seller account because customers complained that items you sold are "
    "inauthentic. Please send invoices from your supplier, dated within the last 365 days, to be reinstated."
)
LIST_MODULES = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"


def modules_after(code: str, *, stdin: str = "") -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when the code is done."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LIST_MODULES}"], input=stdin, capture_output=True, text=True, check=True
    )
    return set(run.stderr.split())


def after_command(*arguments: str) -> str:
    return f"""
import sys
sys.argv = ["reinstate", *{arguments!r}]
from reinstate.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""


def test_importing_the_package_imports_neither_numpy_nor_typer() -> None:
    loaded = modules_after("import reinstate")
    assert "reinstate" in loaded
    assert not loaded & (HEAVY | {"numpy", "typer"})


@pytest.mark.parametrize("arguments", [["classify"], ["classify", "--json"], ["classify", "--whole", "-"]])
def test_classifying_a_notice_loads_numpy_alone(arguments: list[str]) -> None:
    loaded = modules_after(after_command(*arguments), stdin=NOTICE)
    assert "numpy" in loaded
    assert not loaded & HEAVY


def test_scoring_a_table_loads_numpy_alone(tmp_path: Path) -> None:
    table, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    table.write_text(f'text\n"{NOTICE}"\n', encoding="utf-8")
    loaded = modules_after(after_command("score", str(table), "-o", str(out)))
    assert out.read_text(encoding="utf-8").count("\n") == 1
    assert not loaded & HEAVY


@pytest.mark.parametrize("arguments", [["reasons"], ["playbook", "patent"], ["--version"]])
def test_what_needs_no_model_loads_no_numpy(arguments: list[str]) -> None:
    assert not modules_after(after_command(*arguments)) & (HEAVY | {"numpy"})


@pytest.mark.parametrize("name", reinstate.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(reinstate, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'klassify'"):
        _ = reinstate.klassify  # type: ignore[attr-defined]
