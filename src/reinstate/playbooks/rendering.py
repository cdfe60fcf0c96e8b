"""A playbook as Markdown: the four steps, in order, with sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reinstate.playbooks.loading import Item, Playbook, common, known_sources


def to_markdown(playbook: Playbook) -> str:
    """The whole playbook as a Markdown document.

    It reads as plain text too; the terminal prints the same lines.
    """
    shared = common()
    steps, labels = shared["steps"], shared["labels"]
    lines = [f"# {playbook.title}", "", playbook.summary, ""]
    if playbook.specialist:
        lines += [f"**This wants a lawyer or specialist.** {playbook.specialist}", ""]
    lines += [f"**The answer that is wanted.** {playbook.answer}", ""]
    for point in shared["key_points"]:
        lines += [f"**{point['title']}.** {point['text']}{_cite(point['sources'])}", ""]

    def section(name: str, form: Callable[[Item], str], *, numbered: bool = False) -> None:
        lines.extend([f"### {labels[name]}", ""])
        lines.extend(_list((form(item) + _cite(item.sources) for item in getattr(playbook, name)), numbered))

    lines += [f"## {steps['contact']}", "", f"### {labels['first_day']}", ""]
    first = [item["do"] + _cite(item.sources) for item in playbook.first_day]
    every = [entry["do"] + _cite(entry["sources"]) for entry in shared["first_day"]]
    lines += _list([*first, *every], numbered=True)
    section("where_to_file", lambda i: f"**{i['route']}.** {i['how']}")
    section("deadlines", lambda i: f"{i['what']}: **{i['limit']}** ({shared['certainty'][i['certainty']]})")
    section("mistakes", lambda i: f"**{i['what']}.** {i['why']}")
    lines += [f"## {steps['evidence']}", ""]
    section(
        "evidence",
        lambda i: f"[ ] **{i['what']}** — must show: {i['must_show']}. Who has it: {i['who_has_it']}.",
    )
    if any(item["name"] == "invoice" for item in playbook.evidence):
        invoice = shared["invoice"]
        lines += [f"### {invoice['title']}", "", *_list(invoice["points"]), f"Sources:{_cite(invoice['sources'])}", ""]
    lines += [f"## {steps['business']}", ""]
    section("root_causes", lambda i: f"**{i['cause']}.** Check: {i['check']}")
    section("corrective_actions", lambda i: f"{i['do']} Proof: {i['proof']}.")
    section("preventive_measures", lambda i: f"{i['do']} Proof: {i['proof']}.")
    lines += [f"### {labels['outline']}", ""]
    for heading, key in zip(
        ("Root cause", "Done since", "Prevention"), ("root_cause", "corrective", "preventive"), strict=True
    ):
        lines += [f"**{heading}**", "", *_list(playbook.outline[key])]
    lines += [f"## {steps['communication']}", ""]
    section("communication", lambda i: i["do"], numbered=False)
    section("escalation", lambda i: f"{i['when']}: {i['to']}", numbered=True)
    lines += [f"## {labels['references']}", ""]
    lines += [f"- {_reference(number)}" for number in _all_sources(playbook)]
    lines += [
        "",
        "What carries no number is practice of the trade; no source was found.",
        "",
        shared["closing"]["text"],
    ]
    return _tidy(lines)


def _all_sources(playbook: Playbook) -> list[int]:
    shared = common()
    cited = set(playbook.sources())
    for entry in [*shared["key_points"], *shared["first_day"]]:
        cited.update(entry["sources"])
    if any(item["name"] == "invoice" for item in playbook.evidence):
        cited.update(shared["invoice"]["sources"])
    return sorted(cited)


def _reference(number: int) -> str:
    entry = known_sources()[number]
    return f"[{number}] " + ", ".join(part for part in (entry["title"], entry["where"], entry["year"]) if part)


def _cite(sources: Sequence[int]) -> str:
    return " [" + ", ".join(map(str, sources)) + "]" if sources else ""


def _list(items: Iterable[str], numbered: bool = False) -> list[str]:
    marks = (f"{n}." if numbered else "-" for n in range(1, 1000))
    return [f"{mark} {_once(item)}" for mark, item in zip(marks, items, strict=False)] + [""]


def _once(text: str) -> str:
    """No doubled full stop where a text of the file already ends with one."""
    for mark in ".?!":
        text = text.replace(f"{mark}.**", f"{mark}**").replace(f"{mark}. ", f"{mark} ")
    return text.replace("?.", "?").replace("!.", "!").replace("..", ".")


def _tidy(lines: Iterable[str]) -> str:
    out: list[str] = []
    for line in lines:
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip() + "\n"
