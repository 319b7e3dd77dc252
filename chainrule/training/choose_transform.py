"""The transform of a numeric target that has the lowest validation error in short trainings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chainrule.errors import InputError
from chainrule.training.fit import TrainingJob, run_jobs
from chainrule.training.loop.progress import SilentProgress
from chainrule.training.loop.record import best_record, selection_score
from chainrule.training.recipe.recipe import Recipe
from chainrule.training.run import Run
from chainrule.training.samples.prepare import Prepared
from chainrule.training.settings.settings import Settings

CANDIDATES = ("none", "log", "yeo_johnson")
# So three candidates take about as long as three eighths of the run, and as one where they are
# trained in one plan.
SHARE_OF_RUN = 1 / 8


def with_chosen_transform(recipe: Recipe, prepare: Callable[[Settings], Prepared]) -> Recipe:
    """Return the recipe with a target transform in place of `auto`; any other as it is.

    The recipe is trained with each transform for an eighth of its epochs. What counts is the
    validation error in the unit of the data, rmse or the metric that selects the epoch: losses of
    different transforms can't be compared. A transform that the values do not allow is left out.
    Args:
        recipe: of the run.
        prepare: prepares the samples of the run by other settings.
    Raises:
        InputError: there are no validation samples, or the target has classes.
    """
    if recipe.settings.target_transform != "auto":
        return recipe
    if recipe.task != "regression":
        raise InputError(
            "target_transform: got 'auto' for a target of classes, expected numbers. Leave it out, "
            "or use --task regression."
        )
    metric = "rmse" if recipe.settings.metric == "loss" else recipe.settings.metric
    jobs = {name: job for name in CANDIDATES if (job := _short_job(recipe, name, prepare))}
    outcomes = run_jobs([*jobs.values()], progress=SilentProgress())
    errors: dict[str, tuple[float, float]] = {}
    for name, run in zip(jobs, outcomes, strict=True):
        if isinstance(run, Run):
            record = best_record(run.history, metric)
            score = selection_score(record, metric)
            assert score is not None
            errors[name] = (score, record[f"validation_{metric}"])
    if not errors:  # all diverged, and so would the run: it says why
        return _with_transform(recipe, "none")
    chosen = min(errors, key=lambda name: errors[name][0])
    figures = ", ".join(f"{name} {error:.4g}" for name, (_, error) in errors.items())
    note = f"target transform {chosen}, by the validation {metric} of short trainings: {figures}"
    return replace(_with_transform(recipe, chosen), notes=(*recipe.notes, note))


def _short_job(
    recipe: Recipe, name: str, prepare: Callable[[Settings], Prepared]
) -> TrainingJob | None:
    """Return the job of a short training; None where the transform does not suit the values."""
    settings = recipe.settings
    iterations = settings.iterations
    short = settings.model_copy(
        update={
            "target_transform": name,
            "members": 1,
            "epochs": max(1, round(settings.epochs * SHARE_OF_RUN)),
            "iterations": None if iterations is None else max(1, round(iterations * SHARE_OF_RUN)),
            "schedule_epochs": None,
        }
    )
    try:
        prepared = prepare(short)
    except InputError:
        if name == "none":  # not the transform is at fault
            raise
        return None
    if not prepared.is_validated:
        raise InputError(
            "target_transform: got 'auto' and no validation samples, by which it is chosen; "
            "expected some. Give a second share above 0 in --split, or name the transform."
        )
    short_recipe = replace(recipe, settings=short).for_samples(prepared.training_size)
    return TrainingJob.of(short_recipe, prepared)


def _with_transform(recipe: Recipe, name: str) -> Recipe:
    settings = recipe.settings.model_copy(update={"target_transform": name})
    return replace(recipe, settings=settings)
