"""Presets: settings that belong together, by name, tuned by others on many data sets."""

from collections.abc import Callable, Mapping

from chainrule.data.dataset import DataKind
from chainrule.data.vocabulary import Task
from chainrule.registry import Registry
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, GradientOptimizer
from chainrule.training.settings.network_options import NetworkOptions

Preset = dict[str, object]

# The preset of data for which none is named.
DEFAULT_PRESETS: Mapping[DataKind, str] = {
    "table": "strong",
    "photographs": "plain",
    "pictures": "plain",
    "grey arrays": "plain",
}

# What of a preset gives way where an option is given that it does not go together with.
GIVES_WAY = {"loss": ("label_smoothing",), "projection": ("encoding",)}
OF_THE_OPTIMIZER = ("learning_rate", "weight_decay", "weight_decay_schedule")
OF_BATCHES = ("batch_size", "dropout", "dropout_schedule", "schedule")
OF_THE_NETWORK = tuple(NetworkOptions.model_fields)


def preset(name: str, task: Task, samples: int) -> Preset:
    """Return the settings of a preset, by name.

    Args:
        name: strong, fast, quick, ensemble, plain or sklearn.
        task: of the target.
        samples: of all parts together, of which a batch has no more.
    Raises:
        InputError: there is no such preset.
    """
    return PRESETS[name](task, samples)


def defaults_for(kind: DataKind) -> Preset:
    """Return the settings that data suggests, which a preset may replace.

    What a photograph shows may be anywhere in it, which a convolution takes for granted and dense
    layers have to learn anew for each place; it stays what it is in a mirror, a little aside and in
    another light. Grey arrays most often are digits, which dense layers learn almost as well in a
    tenth of the time, and which a mirror would make into something else.
    """
    if kind == "photographs":
        return {"network": "cnn", "augment": ("photographs",)}
    return {"network": "cnn" if kind == "pictures" else "mlp"}


def merge_preset(chosen: Preset, given: Mapping[str, object]) -> Preset:
    """Return the settings of a preset with those that were given in their place.

    Where another optimizer is given, the learning rate and the weight decay of the preset's give
    way, and for one of full batches also what belongs to batches. Where another network is given,
    the settings of the preset's network give way.
    """
    dropped = {name for option, names in GIVES_WAY.items() if given.get(option) for name in names}
    optimizer = _method(given.get("optimizer"))
    if optimizer not in (None, _method(chosen.get("optimizer"))):
        dropped.update(OF_THE_OPTIMIZER)
        if issubclass(OPTIMIZERS.get(str(optimizer), GradientOptimizer), FullBatchOptimizer):
            dropped.update(OF_BATCHES)
    if given.get("network") not in (None, chosen.get("network")):
        dropped.update(OF_THE_NETWORK)
    kept = {name: value for name, value in chosen.items() if name not in dropped}
    return {**kept, **given}


def _method(text: object) -> str | None:
    """The name of a method in a text such as "adam:beta1=0.8"."""
    return None if text is None else str(text).partition(":")[0]


def strong(task: Task, samples: int) -> Preset:
    """RealMLP-TD, for tables: the network realmlp, how its features are prepared, how it learns.

    Without options, tables are learned by it. The paper's settings, but for four things: categories
    of two values have two features here, and one-hot features are not scaled; missing numbers, of
    which it has none, are prepared as always; two classes have one score; and the smaller last
    batch of an epoch is used, too.
    All epochs are run: the rate falls to 0 four times, and the best of them may be the last. Of
    classes it is the last with the fewest errors in the validation, as in the paper, which tests
    better than the one of the lowest loss (`python -m benchmarks.best_epoch`).
    Source: Holzmüller, Grinsztajn & Steinwart (2024), Better by default: strong pre-tuned MLPs and
    boosted trees on tabular data, section 3 and appendix A.
    """
    chosen: Preset = {
        **fast(task, samples),
        "network": "realmlp",
        "encoding": "auto",
        "embedding": 8,
        "dropout": 0.15,
        "dropout_schedule": "flat_cos",
        "optimizer": "adamw:beta2=0.95",
        "weight_decay": 0.02,
        "weight_decay_schedule": "flat_cos",
    }
    if task == "regression":
        return {**chosen, "learning_rate": 0.2, "prediction_range": "training"}
    return chosen


def fast(task: Task, samples: int) -> Preset:
    """RealMLP-TD-S, the paper's simple form: half the time of strong, almost as good.

    The network realmlp_simple has no embeddings, no dropout and no weight decay, and its last layer
    begins with zeros. What differs from the paper is what does for strong.
    Source: as for strong.
    """
    common: Preset = {
        "network": "realmlp_simple",
        "scaling": "robust_smooth_clip",
        "encoding": "one_hot",
        "optimizer": "adam:beta2=0.95",
        "schedule": "coslog4",
        "batch_size": min(256, samples),
        "epochs": 256,
        "patience": 0,
    }
    if task == "regression":
        return {**common, "activation": "mish", "learning_rate": 0.07}
    return {
        **common,
        "activation": "selu",
        "learning_rate": 0.04,
        "label_smoothing": 0.1,
        "best_by": "accuracy",
    }


def quick(task: Task, samples: int) -> Preset:
    """The preset fast for 16 epochs: a first look, in seconds, whether the columns tell the target.

    The schedule is as long as the run, so that these epochs end as a whole run does.
    """
    return {**fast(task, samples), "epochs": 16}


def ensemble(task: Task, samples: int) -> Preset:
    """Five networks of the preset strong, trained at once: the best, for most time.

    Each validates on another fifth of all samples but those of the test, and learns from the rest;
    they predict by their mean. What they learn by chance differs, and cancels out, and no sample is
    lost to validation, which tells most where there are few.
    Source: as for strong; such ensembles: Krogh & Vedelsby (1995), Neural network ensembles, cross
    validation, and active learning; Parmanto, Munro & Doyle (1996), Improving committee diagnosis
    with resampling techniques.
    """
    return {**strong(task, samples), "members": 5, "member_validation": "folds"}


def plain(task: Task, samples: int) -> Preset:
    """A network and an optimizer of the textbook, an mlp and Adam: all settings at their defaults.

    Pictures are learned by it, with the network that is usual for them, and tables where a network,
    an optimizer or a learning rate is given without a preset.
    """
    return {}


def sklearn(task: Task, samples: int) -> Preset:
    """What scikit-learn's MLPClassifier and MLPRegressor do without options, to compare with them.

    Their network, initialisation, loss, penalty, optimizer and batches; numbers are not scaled.
    What differs: biases begin at 0; in the smaller last batch of an epoch the penalty is the usual
    one; and where there are validation samples, their loss ends training and chooses the epoch,
    while theirs ends by the training loss. As a preset of NeuralClassifier and NeuralRegressor it
    ends as theirs does, and numbers to predict are not scaled either.
    Source: scikit-learn 1.9, sklearn.neural_network; the initialisation is Glorot & Bengio (2010),
    Understanding the difficulty of training deep feedforward neural networks, equation 16.
    """
    batch_size = min(200, samples)
    return {
        "network": "mlp",
        "layers": (100,),
        "activation": "relu",
        "initialiser": "xavier_uniform",
        "scaling": "none",
        "encoding": "one_hot",
        "loss": "half_sum_of_squares" if task == "regression" else None,
        "optimizer": "adam",
        "learning_rate": 0.001,
        "schedule": "constant",
        "batch_size": batch_size,
        "epochs": 200,
        "patience": 10,
        "weight_decay": 0.0001 / batch_size,
    }


PRESETS: Registry[Callable[[Task, int], Preset]] = Registry(
    "preset",
    strong=strong,
    fast=fast,
    quick=quick,
    ensemble=ensemble,
    plain=plain,
    sklearn=sklearn,
)
