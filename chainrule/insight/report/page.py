"""The page of a report: its sections in order, without the empty ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from chainrule import durable
from chainrule.data.formatting import format_score, metric_label
from chainrule.insight.report.calibration import calibration
from chainrule.insight.report.confusion import confusion
from chainrule.insight.report.data import data
from chainrule.insight.report.errors import errors
from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.importance import importance
from chainrule.insight.report.learning import learning
from chainrule.insight.report.markup import STYLE, items, paragraph
from chainrule.insight.report.mistakes import mistakes
from chainrule.insight.report.network import network
from chainrule.insight.report.reproduction import reproduction
from chainrule.insight.report.scores import members, scores
from chainrule.insight.sample_pictures import STYLE as STYLE_OF_PICTURES
from chainrule.insight.sample_pictures import pictures_section
from chainrule.insight.summary import run_summary
from chainrule.training.run import Run


def _findings(evidence: Evidence) -> str:
    return items(finding.text for finding in evidence.findings)


def _pictures(evidence: Evidence) -> str:
    predictions = evidence.predictions
    return "" if predictions is None else pictures_section(predictions, seed=evidence.seed)


# The most important sections come first. The keys are the ids of the headings.
SECTIONS: Mapping[str, tuple[str, Callable[[Evidence], str]]] = {
    "scores": ("Test scores", scores),
    "findings": ("Findings", _findings),
    "learning": ("Learning curves", learning),
    "confusion": ("Confusion matrix", confusion),
    "errors": ("Prediction errors", errors),
    "calibration": ("Calibration", calibration),
    "importance": ("Permutation importance", importance),
    "mistakes": ("Worst mistakes", mistakes),
    "pictures": ("Pictures", _pictures),
    "members": ("Members", members),
    "data": ("Data", data),
    "network": ("Network", network),
    "reproduction": ("Reproduction", reproduction),
}


def write_report(evidence: Evidence) -> None:
    """Write report.html into the run folder."""
    durable.write_text(evidence.folder / "report.html", page(evidence))


def page(evidence: Evidence) -> str:
    """Return the report as self-contained HTML, readable offline in any browser."""
    run = evidence.run
    title = escape(f"{_target(run)}: {_headline(run)}")
    contents = {key: (name, section(evidence)) for key, (name, section) in SECTIONS.items()}
    shown = {key: (escape(name), content) for key, (name, content) in contents.items() if content}
    links = "".join(f'<li><a href="#{key}">{name}</a></li>' for key, (name, _) in shown.items())
    sections = "\n".join(
        f'<section aria-labelledby="{key}"><h2 id="{key}">{name}</h2>\n{content}</section>'
        for key, (name, content) in shown.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}{STYLE_OF_PICTURES}</style></head>\n<body>\n<main>"
        f"<h1>{title}</h1>\n{paragraph(run_summary(run))}{_held_out(evidence)}"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n{sections}\n</main></body></html>\n'
    )


def _target(run: Run) -> str:
    return f"Predicting {run.model.preparation.target.name}"


def _headline(run: Run) -> str:
    if not run.test:
        return "not tested"
    name, score = next(iter(run.test.items()))
    return f"test {metric_label(name)} {format_score(score)}"


def _held_out(evidence: Evidence) -> str:
    """Return a note on the samples of the predictions; only test samples are untouched."""
    predictions = evidence.predictions
    if predictions is None:
        return ""
    if evidence.held_out_part == "validation":
        return paragraph(
            "There are no test samples: predictions below are for the validation samples. They "
            "selected the best epoch, so their scores can be better than those on new data."
        )
    if not evidence.config.given:  # trained by a program, which gave the test
        return paragraph(f"Predictions below are for the rows of {predictions.rows.source}.")
    return paragraph("Predictions below are for the test samples, which were kept out of training.")
