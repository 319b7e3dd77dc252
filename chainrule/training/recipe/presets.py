"""Presets: named sets of settings, from papers and libraries that tuned them on many data sets."""

from collections.abc import Callable, Mapping

from chainrule.data.dataset import DataKind
from chainrule.data.vocabulary import Task
from chainrule.registry import Registry
from chainrule.training.optimizers import OPTIMIZERS, FullBatchOptimizer, GradientOptimizer
from chainrule.training.settings.network_options import NetworkOptions

Preset = dict[str, object]

# The default preset of each kind of data.
DEFAULT_PRESETS: Mapping[DataKind, str] = {
    "table": "strong",
    "photographs": "plain",
    "pictures": "plain",
    "grey arrays": "plain",
}

# Settings of a preset that are dropped if an option is set that they do not suit.
INCOMPATIBLE = {"loss": ("label_smoothing",), "projection": ("encoding",)}
OPTIMIZER_SETTINGS = ("learning_rate", "weight_decay", "weight_decay_schedule")
MINI_BATCH_SETTINGS = ("batch_size", "dropout", "dropout_schedule", "schedule")
NETWORK_SETTINGS = tuple(NetworkOptions.model_fields)


def preset(name: str, task: Task, samples: int) -> Preset:
    """Return the settings of a preset, by name.

    Args:
        name: strong, fast, quick, ensemble, plain or sklearn.
        task: task of the target.
        samples: total number of samples, which limits the batch size.
    Raises:
        InputError: the preset is unknown.
    """
    return PRESETS[name](task, samples)


def defaults_for(kind: DataKind) -> Preset:
    """Return the default settings for a kind of data, which a preset may override.

    Objects can be anywhere in a photograph: convolutions are equivariant to translation, while
    dense layers learn each position separately. Photographs keep their class when mirrored, shifted
    or lit differently. Grey arrays are mostly digits, which dense layers learn almost as well in a
    tenth of the time, and which change their class when mirrored.
    """
    if kind == "photographs":
        return {"network": "cnn", "augment": ("photographs",)}
    return {"network": "cnn" if kind == "pictures" else "mlp"}


def merge_preset(preset: Preset, options: Mapping[str, object]) -> Preset:
    """Return the settings of a preset, overridden by options.

    With another optimizer, the learning rate and the weight decay of the preset are dropped; with a
    full-batch optimizer, the settings of mini-batches, too. With another network, the network
    settings of the preset are dropped.
    """
    dropped = {
        name for option, names in INCOMPATIBLE.items() if options.get(option) for name in names
    }
    optimizer = _method(options.get("optimizer"))
    if optimizer not in (None, _method(preset.get("optimizer"))):
        dropped.update(OPTIMIZER_SETTINGS)
        if issubclass(OPTIMIZERS.get(str(optimizer), GradientOptimizer), FullBatchOptimizer):
            dropped.update(MINI_BATCH_SETTINGS)
    if options.get("network") not in (None, preset.get("network")):
        dropped.update(NETWORK_SETTINGS)
    kept = {name: value for name, value in preset.items() if name not in dropped}
    return {**kept, **options}


def _method(text: object) -> str | None:
    """Return the name of a method in a text such as "adam:beta1=0.8"."""
    return None if text is None else str(text).partition(":")[0]


def strong(task: Task, samples: int) -> Preset:
    """RealMLP-TD, for tables: the network realmlp with its preparation and training.

    The default for tables. The settings are those of the paper, with four differences: categories
    of two values have two features, and one-hot features are not scaled; missing numbers, which the
    paper does not have, are imputed; two classes have one score; and the smaller last batch of an
    epoch is used, too.
    All epochs are run: the rate falls to 0 four times, and the last epoch may be the best. For
    classes the last epoch with the fewest validation errors is kept, as in the paper, which gives
    better test scores than the lowest loss (`python -m benchmarks.best_epoch`).
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
    """RealMLP-TD-S, the simple form of the paper: half the time of strong, almost as good.

    The network realmlp_simple has no embeddings, no dropout and no weight decay, and its last layer
    is initialised with zeros. It differs from the paper as strong does.
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
        "metric": "accuracy",
    }


def quick(task: Task, samples: int) -> Preset:
    """The preset fast for 16 epochs: a first result in seconds.

    The schedule has the length of the run, so that it ends as in a long run.
    """
    return {**fast(task, samples), "epochs": 16}


def ensemble(task: Task, samples: int) -> Preset:
    """Five networks of the preset strong, trained together: best scores, for five times the work.

    Each is validated on another fifth of all samples except the test, and trained on the rest; they
    predict by their mean. Their random errors partly cancel, and all samples are used for training,
    which matters most if there are few.
    Source: as for strong; such ensembles: Krogh & Vedelsby (1995), Neural network ensembles, cross
    validation, and active learning; Parmanto, Munro & Doyle (1996), Improving committee diagnosis
    with resampling techniques.
    """
    return {**strong(task, samples), "members": 5, "member_validation": "folds"}


def plain(task: Task, samples: int) -> Preset:
    """An mlp and Adam, as in a textbook: all settings have their defaults.

    The default for pictures, with the default network for their kind, and for tables if a network
    is named that no other preset has.
    """
    return {}


def sklearn(task: Task, samples: int) -> Preset:
    """The defaults of scikit-learn's MLPClassifier and MLPRegressor, for comparison.

    Their network, initialisation, loss, penalty, optimizer and batches; numbers are not scaled.
    Differences: biases are initialised with 0; the penalty of the smaller last batch of an epoch is
    that of the others; and the validation loss, if there are validation samples, ends training and
    selects the epoch, while scikit-learn uses the training loss. As a preset of NeuralClassifier
    and NeuralRegressor it ends as in scikit-learn, and targets are not scaled either.
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
