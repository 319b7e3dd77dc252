"""Explanation of a run: plots, findings and report, written into its folder."""

import json
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import torch

from chainrule import durable
from chainrule.data.read_options import ReadOptions
from chainrule.errors import check_type
from chainrule.insight.curves import write_curves
from chainrule.insight.findings import Finding, findings
from chainrule.insight.predictions_file import write_predictions
from chainrule.insight.provenance import Provenance
from chainrule.insight.report import Evidence, page, write_report
from chainrule.training.model.evaluation import baseline, read_labelled
from chainrule.training.model.model import model_of
from chainrule.training.run import FittedEstimator, Run
from chainrule.training.run_config import RunConfig
from chainrule.training.samples.prepare import Prepared
from chainrule.training.samples.sample_weights import sample_weights
from chainrule.training.samples.samples import Samples


def explain(
    run: Run,
    prepared: Prepared,
    config: RunConfig,
    folder: Path,
    provenance: Provenance | None = None,
) -> list[Finding]:
    """Write plots, findings and report into the folder of a run, and return the findings.

    The files are curves.png, findings.json, report.html, provenance.json, and test-predictions.csv
    or, without test samples, validation-predictions.csv.
    Args:
        run: run to explain.
        prepared: samples that it was trained and tested on.
        config: configuration of the run.
        folder: folder of the run.
        provenance: software and data of the run; the current ones if not given.
    """
    run_findings = findings(run)
    provenance = provenance or Provenance.now(config.values)
    evidence = Evidence(run, prepared, run_findings, config, folder, provenance)
    members = [member.history for member in run.members]
    write_curves(run.history, run.best_epochs, folder / "curves.png", members)
    as_json = json.dumps([finding.as_json() for finding in run_findings], indent=2)
    durable.write_text(folder / "findings.json", as_json + "\n")
    provenance.write(folder)
    if evidence.predictions is not None:
        target = run.model.preparation.target.name
        path = folder / f"{evidence.held_out_part}-predictions.csv"
        write_predictions(evidence.predictions, target, path)
    write_report(evidence)
    return run_findings


def report(
    run: Run | FittedEstimator, data: Any, path: str | Path, *, target: str | None = None
) -> Run:
    """Write the report of a training in Python, with scores on data that it did not learn from.

    Args:
        run: that `train` gave, or a fitted NeuralClassifier or NeuralRegressor.
        data: with the truth: what `read` takes, or what it gave.
        path: of the report, an HTML file.
        target: the column of the truth; by default named as the one that the model learned.
    Returns:
        The run with the scores, the baseline and the confusion matrix of these data as its test.
    Raises:
        InputError: the data lacks a column or the truth, or the estimator predicts several numbers
            or labels of a sample.
    """
    if not isinstance(run, Run):
        model_of(run)  # refuses what has no run
        check_type("report", "run", run, FittedEstimator, "what train gives, or a fitted estimator")
        run = run.run_
    check_type("report", "path", path, (str, PathLike), "the path of a file")
    check_type("report", "target", target, str | None, "the name of a column")
    model, preparation = run.model, run.model.preparation
    explicit = ReadOptions() if target is None else ReadOptions(target=target)
    rows = read_labelled(model, data, explicit)
    weights = sample_weights(rows)
    features = preparation.compact_features(rows)
    test = Samples(features, preparation.targets(rows), weights, weights)
    scores, confusion = model.test(test)
    judged = replace(
        run,
        test=scores,
        confusion=confusion,
        baseline=baseline(model, test.targets, weights=weights),
        sizes={**run.sizes, "test": len(test)},
        notes=(*run.notes, *rows.notes, *preparation.notes_on(rows)),
    )
    none = test.take(torch.arange(0))  # what it learned from is not known any more
    prepared = Prepared(preparation, none, None, test, judged.notes, held_out=rows)
    path = Path(path)
    evidence = Evidence(
        judged, prepared, findings(judged), RunConfig(), path.parent, Provenance.now({})
    )
    durable.write_text(path, page(evidence))
    return judged
