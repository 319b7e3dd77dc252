"""The report of a run: one HTML file that needs nothing else, readable in any browser, offline."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from chainrule import durable
from chainrule.insight.curves import draw_curves
from chainrule.insight.findings import Finding
from chainrule.insight.sample_pictures import STYLE as STYLE_OF_PICTURES
from chainrule.training.progress import words
from chainrule.training.train import Run

MOST_CLASSES_SHOWN = 30

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .25rem .8rem; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr + tr td { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
figure { margin: 0; background: white; padding: .5rem; border-radius: .5rem; overflow-x: auto; }
code { background: color-mix(in srgb, currentColor 10%, transparent); padding: .1rem .3rem; }
"""


def write_report(
    run: Run,
    found: Sequence[Finding],
    config: Mapping[str, Any],
    folder: Path,
    pictures: str = "",
) -> None:
    """Write report.html into the run folder.

    Args:
        run: that is told of.
        found: what it shows.
        config: of the run.
        folder: of the run.
        pictures: HTML that shows pictures of the test, or nothing.
    """
    title = f"{_target(run)}: {_headline(run)}"
    sections = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(in_one_sentence(run))}</p>",
        _section("Test scores", _scores(run)),
        _section("The members", _members(run)),
        _section("What was taken for what", _confusion(run)),
        _section("Pictures of the test", pictures),
        _section("Learning curves", f"<figure>{_curves(run)}</figure>"),
        _section("What the run shows", _items(finding.text for finding in found)),
        _section("The network", _network(run)),
        _section("The data", _items(run.notes)),
        _section("How to run it again", _again(config, folder)),
    ]
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}{STYLE_OF_PICTURES}</style></head>\n<body>\n"
        + "\n".join(filter(None, sections))
        + "\n</body></html>\n"
    )
    durable.write_text(folder / "report.html", page)


def in_one_sentence(run: Run) -> str:
    """What was trained, on how much, for how long."""
    why = {
        "patience": "the validation loss no longer fell",
        "epochs": "all epochs were done",
        "iterations": "all iterations were done",
        "interrupted": "it was interrupted",
    }[run.stopped]
    sizes = ", ".join(f"{count:,} {part}" for part, count in run.sizes.items() if count)
    if run.members:
        fewest, *_, most = sorted(len(member.history) for member in run.members)
        range_of_epochs = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return (
            f"Trained {len(run.members)} members on {sizes} samples for {range_of_epochs} "
            f"epochs in {run.seconds:.1f} s, most of them until {why}; each has the "
            "weights of its best epoch, and the model predicts their mean."
        )
    epochs = "1 epoch" if len(run.history) == 1 else f"{len(run.history):,} epochs"
    return (
        f"Trained on {sizes} samples for {epochs} in {run.seconds:.1f} s, until "
        f"{why}; the model has the weights of epoch {run.best['epoch']:.0f}."
    )


def of_which_class(run: Run) -> str | None:
    """Of two classes, which one is the positive one; None of more, or of numbers."""
    preparation = run.model.preparation
    if preparation.task != "binary":
        return None
    return f"Precision, recall and f1 are those of '{preparation.class_names[1]}'."


def figure(score: float) -> str:
    """A score as people read it: decimals that say nothing are left out.

    >>> figure(60486.4061), figure(0.72744), figure(-1e-5)
    ('60,486.4', '0.7274', '0.0000')
    """
    return f"{score:z,.1f}" if abs(score) >= 100 else f"{score:z,.4f}"


def _target(run: Run) -> str:
    return f"Predicting {run.model.preparation.target.name}"


def _headline(run: Run) -> str:
    if not run.test:
        return "not tested"
    name, score = next(iter(run.test.items()))
    return f"test {name} {score:.4g}"


def _section(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{content}" if content else ""


def _scores(run: Run) -> str:
    rows = [
        (words(name), figure(score), figure(run.baseline[name]) if name in run.baseline else "")
        for name, score in run.test.items()
    ]
    if not rows:
        return ""
    positive = of_which_class(run)
    below = f"<p>{escape(positive)}</p>" if positive else ""
    return _table(("", "test", "guessing"), rows) + below


def _members(run: Run) -> str:
    """The first test score of each member alone, which the whole has to beat."""
    if not run.test:
        return ""
    name = next(iter(run.test))
    rows = [
        (str(number), f"{member.best['epoch']:.0f}", figure(member.test[name]))
        for number, member in enumerate(run.members, start=1)
    ]
    return _table(("member", "best epoch", f"test {words(name)}"), rows) if rows else ""


def _confusion(run: Run) -> str:
    """The confusion matrix; of very many classes a table helps nobody."""
    names = run.model.preparation.class_names
    if run.confusion is None or len(names) > MOST_CLASSES_SHOWN:
        return ""
    rows = [
        (name, *(f"{count:,}" for count in counts))
        for name, counts in zip(names, run.confusion.tolist(), strict=True)
    ]
    explained = "<p>A row is the true class, a column what the network said.</p>"
    return explained + _table(("", *names), rows)


def _curves(run: Run) -> str:
    picture = io.StringIO()
    members = [member.history for member in run.members]
    draw_curves(run.history, int(run.best["epoch"]), members).savefig(picture, format="svg")
    svg = picture.getvalue()
    return svg[svg.index("<svg") :]


def _network(run: Run) -> str:
    values = run.model.parameters.values
    rows = [(n, "x".join(map(str, v.shape)), f"{v.numel():,}") for n, v in values.items()]
    rows.append(("all", "", f"{run.model.parameters.count:,}"))
    return _table(("parameter", "shape", "weights"), rows)


def _again(config: Mapping[str, Any], folder: Path) -> str:
    command = f"chainrule train --config {folder / 'config.toml'}"
    rows = [(name, str(value)) for name, value in config.items()]
    return f"<p><code>{escape(command)}</code></p>\n" + _table(("option", "value"), rows, "text")


def _items(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "number") -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        kinds = ["" if i == 0 else f' class="{kind}"' for i in range(len(cells))]
        return "".join(f"<{tag}{k}>{escape(c)}</{tag}>" for c, k in zip(cells, kinds, strict=True))

    body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in rows)
    return f"<table><tr>{row(head, 'th')}</tr>{body}</table>"
