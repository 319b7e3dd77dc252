"""The page: the sections of a report, each shown if there is something to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from chainrule import durable
from chainrule.insight.answers import ClassAnswers
from chainrule.insight.in_words import figure, in_one_sentence
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
from chainrule.insight.report.reproduction import again
from chainrule.insight.report.scores import members, scores
from chainrule.insight.sample_pictures import STYLE as STYLE_OF_PICTURES
from chainrule.insight.sample_pictures import pictures_section
from chainrule.training.loop.progress import metric_words
from chainrule.training.run import Run


def _findings(evidence: Evidence) -> str:
    return items(finding.text for finding in evidence.found)


def _pictures(evidence: Evidence) -> str:
    answers = evidence.answers
    return "" if answers is None else pictures_section(answers, seed=evidence.seed)


# What a person asks first stands first. The keys are the ids of the headings.
SECTIONS: Mapping[str, tuple[str, Callable[[Evidence], str]]] = {
    "scores": ("Test scores", scores),
    "findings": ("What the run shows", _findings),
    "learning": ("Learning curves", learning),
    "confusion": ("What was taken for what", confusion),
    "errors": ("How far off it is", errors),
    "calibration": ("Can its probabilities be believed?", calibration),
    "importance": ("Which columns matter", importance),
    "mistakes": ("The worst mistakes", mistakes),
    "pictures": ("Pictures", _pictures),
    "members": ("The members", members),
    "data": ("The data", data),
    "network": ("The network", network),
    "again": ("How to run it again", again),
}


def write_report(evidence: Evidence) -> None:
    """Write report.html into the run folder."""
    durable.write_text(evidence.folder / "report.html", page(evidence))


def page(evidence: Evidence) -> str:
    """The report: HTML that needs nothing else, readable in any browser, offline."""
    run = evidence.run
    title = escape(f"{_target(run)}: {_headline(run)}")
    told = {key: (name, tell(evidence)) for key, (name, tell) in SECTIONS.items()}
    shown = {key: (escape(name), content) for key, (name, content) in told.items() if content}
    links = "".join(f'<li><a href="#{key}">{name}</a></li>' for key, (name, _) in shown.items())
    sections = "\n".join(
        f'<section aria-labelledby="{key}"><h2 id="{key}">{name}</h2>\n{content}</section>'
        for key, (name, content) in shown.items()
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}{STYLE_OF_PICTURES}</style></head>\n<body>\n<main>"
        f"<h1>{title}</h1>\n{paragraph(in_one_sentence(run))}{_held_out(evidence)}"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n{sections}\n</main></body></html>\n'
    )


def _target(run: Run) -> str:
    return f"Predicting {run.model.preparation.target.name}"


def _headline(run: Run) -> str:
    if not run.test:
        return "not tested"
    name, score = next(iter(run.test.items()))
    return f"test {metric_words(name)} {figure(score)}"


def _held_out(evidence: Evidence) -> str:
    """From which samples the sections on answers tell; only the test's are untouched."""
    answers = evidence.answers
    if answers is None:
        return ""
    what = "classes and probabilities" if isinstance(answers, ClassAnswers) else "errors"
    if evidence.held_out_part == "test":
        return paragraph(f"What follows on {what} is of the test samples, which it never saw.")
    return paragraph(
        f"There are no test samples: what follows on {what} is of the validation samples. They "
        "chose the best epoch, and so look a little better than new data will."
    )
