"""The commands and their options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from reinstate import __version__
from reinstate.errors import InputError, MissingExtraError, ReinstateError

app = typer.Typer(
    name="reinstate",
    help="Reads a notice that Amazon sent to a seller: the probable reason, how sure that is, what to do.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A model directory; the shipped model if left out.", show_default=False)
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reinstate {__version__}")
        raise typer.Exit


@app.callback()
def _reinstate(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Everything runs on this machine; no notice leaves it."""


@app.command()
def classify(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files with one notice each; - or nothing reads standard input.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a notice, one a line.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Show the whole notice, not only its telling lines.")] = False,
    model: ModelOption = None,
) -> None:
    """Name the probable reason of a notice, the words that say so, and what to do first."""
    from reinstate.diagnosis import diagnose

    loaded = _model(model)
    names = files or ["-"]
    failed: ReinstateError | None = None
    for number, name in enumerate(names):
        try:
            text = _read(name)
        except InputError as error:
            # One bad file does not keep the others from their answers.
            typer.echo(f"reinstate: error: {error}", err=True)
            failed = error
            continue
        answer = diagnose([text], model=loaded)[0]
        if as_json:
            import json

            typer.echo(json.dumps(answer.as_dict(), ensure_ascii=False))
            continue
        from reinstate.cli.answer import render_answer
        from reinstate.cli.style import Style

        if len(names) > 1:
            typer.echo(("\n" if number else "") + f"== {name}")
        typer.echo(render_answer(answer, text, Style.of_stdout(), whole=whole), color=True)
    if failed:
        raise typer.Exit(failed.exit_code)


@app.command()
def playbook(
    reason: Annotated[str, typer.Argument(help="A reason; list them with: reinstate reasons")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown as it is.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--playbooks", help="A folder of your own playbooks, which go first.", show_default=False),
    ] = None,
) -> None:
    """Print the playbook of a reason: what to do, what to send, what gets rejected."""
    from reinstate.playbooks import load_playbook, to_markdown
    from reinstate.taxonomy import default_taxonomy

    if not (folder and (folder / f"{reason}.toml").is_file()):
        default_taxonomy().require_reason(reason)
    text = to_markdown(load_playbook(reason, folder))
    if markdown or not sys.stdout.isatty():
        typer.echo(text, nl=False)
        return
    from reinstate.cli.style import Style, render_markdown

    typer.echo(render_markdown(text, Style.of_stdout()), color=True)


@app.command()
def reasons() -> None:
    """List the reasons in their categories, and the stages."""
    from reinstate.cli.listing import render_taxonomy
    from reinstate.cli.style import Style
    from reinstate.taxonomy import default_taxonomy

    typer.echo(render_taxonomy(default_taxonomy(), Style.of_stdout()), color=True)


@app.command()
def score(
    table: Annotated[Path, typer.Argument(help="A table of texts: .csv, .tsv or .jsonl.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the answers go: .csv, .tsv or .jsonl.")],
    text_column: Annotated[str, typer.Option(help="The column that holds the texts.")] = "text",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    model: ModelOption = None,
) -> None:
    """Score every text of a table; one row out for each row in."""
    from reinstate.batch import read_table, write_rows
    from reinstate.batch import score as score_messages
    from reinstate.cli.progress import counted

    errors = 0

    def watched() -> Any:
        nonlocal errors
        for row in score_messages(read_table(table, text_column), model=_model(model)):
            errors += row.message.error is not None
            yield row

    with counted("scored", quiet=quiet) as tick:
        count = write_rows(out, watched(), tick)
    if not quiet:
        typer.echo(f"{count} rows written to {out}" + (f", {errors} of them with an error" if errors else ""), err=True)


@app.command()
def evaluate(
    table: Annotated[Path, typer.Argument(help="Labelled notices: .jsonl, .csv or .parquet.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A folder for metrics.json and plots.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    errors: Annotated[bool, typer.Option("--errors", help="List every wrong first answer.")] = False,
    model: ModelOption = None,
) -> None:
    """Measure the answers on labelled notices, with 95 % intervals."""
    import json

    from reinstate.cli.listing import render_errors, render_report
    from reinstate.corpus import read_rows
    from reinstate.evaluation import evaluate as measure
    from reinstate.taxonomy import default_taxonomy

    rows = read_rows(table)
    if not rows:
        raise InputError(f"{table}: no rows")
    report = measure(rows, model=_model(model))
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        typer.echo(render_report(report))
    if errors:
        typer.echo(render_errors(report))
    if out:
        from reinstate.evaluation.plots import draw

        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(json.dumps(report.as_dict(), indent=1) + "\n", encoding="utf-8")
        drawn = draw(report, default_taxonomy(), out)
        typer.echo(f"metrics.json and {len(drawn)} plots written to {out}", err=True)


@app.command()
def train(
    data: Annotated[Path, typer.Argument(help="A folder of labelled notices (*.jsonl), or one table of them.")] = Path(
        "data"
    ),
    out: Annotated[Path, typer.Option("--out", "-o", help="The model directory to write.")] = Path("models/default"),
    name: Annotated[str, typer.Option(help="The model's name in answers.")] = "default",
    jobs: Annotated[int, typer.Option(help="Processes for cross-validation; -1 is one a core.")] = -1,
    pipeline: Annotated[bool, typer.Option("--pipeline", help="Leave a pipeline.joblib for notebooks, too.")] = False,
) -> None:
    """Train a model on labelled notices; the same data gives the same weights."""
    from reinstate.corpus import read_folder, read_rows

    rows = read_folder(data) if data.is_dir() else read_rows(data)
    try:
        from reinstate.training import train as run
    except ImportError as error:
        raise MissingExtraError("train", error.name or "scikit-learn") from error
    result = run(rows, out, name=name, jobs=jobs, progress=lambda line: typer.echo(line, err=True))
    if pipeline:
        import joblib

        joblib.dump(result.fitted.pipelines(), out / "pipeline.joblib")
    held = result.metrics["held_out"]
    typer.echo(f"{result.model.title}: {len(rows)} rows, right reason first on unseen wording {held['top1']:.3f}")


def _model(path: Path | None) -> Any:
    from reinstate.model import default_model, load_model

    return load_model(path) if path else default_model()


def _read(name: str) -> str:
    from reinstate.text import read_text
    from reinstate.text.decoding import MAX_BYTES

    if name == "-":
        if sys.stdin.isatty():
            keys = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
            typer.echo(f"Paste the notice, headings and all; then press Enter and {keys}.", err=True)
        return read_text(sys.stdin.buffer.read(MAX_BYTES + 1), name="standard input")
    path = Path(name)
    try:
        with path.open("rb") as stream:
            # One byte more than allowed shows that a file is too large without reading all of it.
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise InputError(f"{name}: a folder, not a file; give the notice as a text file") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None
    return read_text(data, name=name)
