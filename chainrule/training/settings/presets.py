"""Presets: settings that belong together, by name, tuned by others on many data sets."""

from collections.abc import Callable

from chainrule.data.columns.vocabulary import Task
from chainrule.layers import Network
from chainrule.layers.initialisers import INITIALISERS
from chainrule.networks import network_named
from chainrule.registry import Registry

Preset = dict[str, object]

# The network and what it is made with.
OF_THE_NETWORK = frozenset(
    {
        "network",
        "layers",
        "filters",
        "units",
        "blocks",
        "activation",
        "initialiser",
        "normalisation",
        "dropout",
    }
)

# A person who chooses one of these chooses for a network of their own, and gets the preset plain
# around it unless another one is named.
CHOICES_FOR_A_NETWORK = OF_THE_NETWORK | {"optimizer", "learning_rate", "schedule"}

# What of a preset does not go together with a choice of the person.
GIVES_WAY = {"loss": "label_smoothing", "projection": "encoding"}


def preset(name: str, task: Task, samples: int) -> Preset:
    """The settings of a preset, by the names that they have in Python and in configurations.

    Args:
        name: strong, fast, quick, ensemble, plain or sklearn.
        task: what is learned.
        samples: to learn from, of which a batch has no more.
    Raises:
        InputError: there is no such preset.
    """
    return PRESETS[name](task, samples)


def merge_preset(chosen: Preset, given: Preset) -> Preset:
    """The settings of a preset with those that a person gave, which win."""
    kept = {name: value for name, value in chosen.items() if name not in _dropped(given)}
    return {**kept, **given}


def _dropped(given: Preset) -> set[str]:
    return {name for cause, name in GIVES_WAY.items() if given.get(cause) is not None}


def build_network(of_network: Preset, outputs: int) -> Network:
    """The network of a preset.

    Args:
        of_network: the settings of the preset that are the network's, its name among them.
        outputs: scores that its last layer gives.
    """
    settings = dict(of_network)
    if settings.get("initialiser") is not None:
        settings["initialiser"] = INITIALISERS[str(settings["initialiser"])]
    return network_named(str(settings.pop("network")), outputs, **settings)


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
