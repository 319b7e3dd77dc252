"""The twin of a training in PyTorch eager: the same network and batches, in the tutorials' loop.

The layers, their initial weights, the samples of each batch, their augmentation (by chainrule's own
code on the same tensors), Adam and its learning rate in each step are equal. torch.nn computes the
layers, torch.autograd the gradients, and torch.optim the updates. Dropout drops other units.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from benchmarks.peers.pytorch import ByChannelsLast
from chainrule import layers
from chainrule.layers import Layer, Network
from chainrule.plan import Parameters
from chainrule.training.fit import TrainingJob
from chainrule.training.loop.sampling import batches, batches_an_epoch
from chainrule.training.members.trainer import Trainer
from chainrule.training.model.model import Model
from chainrule.training.optimizers import Adam
from chainrule.training.samples.samples import Samples
from chainrule.training.settings.settings import Settings

# Number of pictures by which equal starts are checked, and the largest relative difference of the
# losses, which differ by rounding.
CHECKED = 512
ROUNDING = 1e-4

# The settings that the twin supports. All others must have their defaults.
FOLLOWED = {
    *("split", "scaling", "augment", "optimizer", "learning_rate", "schedule", "warm_up"),
    *("batch_size", "epochs", "sampling", "patience", "seed"),
}

# The names of parameters and states in torch.
TORCH_NAMES = {
    "weights": "weight",
    "bias": "bias",
    "scale": "weight",
    "shift": "bias",
    "running_mean": "running_mean",
    "running_variance": "running_var",
}


class Twin:
    """The twin of a training, run epoch by epoch.

    Args:
        job: classification of pictures with Adam.
    Raises:
        ValueError: the training has an unsupported setting, or the two starts differ.
    Attributes:
        network: network for pictures (batch, channels, height, width), channels last in memory.
    """

    def __init__(self, job: TrainingJob) -> None:
        trainer, settings = Trainer(job), job.settings
        adam = plain_adam(job, trainer)
        samples = job.prepared.training
        assert isinstance(samples, Samples)  # pictures are in memory
        self._features, self._targets = samples.features[:], samples.targets
        self._batch_size, self._sampling = trainer.batch_size, settings.sampling
        self._source = trainer.source
        self._steps = batches_an_epoch(len(samples), self._batch_size, self._sampling)
        self._rate = trainer.schedule.bind(settings.epochs * self._steps)

        parameters = Parameters.initialised(trainer.graph, seed=settings.seed)
        torch.manual_seed(settings.seed)  # for dropout
        self.network = in_torch(job.network, parameters.values)
        self._learning_rate = settings.learning_rate or adam.default_learning_rate
        self._optimizer = torch.optim.Adam(
            self.network.parameters(),
            betas=(adam.beta1, adam.beta2),
            eps=adam.epsilon,
            fused=True,
        )
        self._loss = nn.CrossEntropyLoss()
        self._check_start(trainer.model(parameters))

    def train(self, epoch: int) -> float:
        """Train an epoch, by its number from 1, and return its seconds."""
        started = time.perf_counter()
        self.network.train()
        rows_of_batches = batches(
            len(self._targets),
            self._batch_size,
            sampling=self._sampling,
            seed=self._source.seed,
            epoch=epoch,
        )
        for step, rows in enumerate(rows_of_batches, start=(epoch - 1) * self._steps):
            self._optimizer.param_groups[0]["lr"] = self._learning_rate * self._rate.factor(step)
            self._optimizer.zero_grad(set_to_none=True)
            scores = self.network(as_torch_takes(self._augmented(rows, epoch)))
            self._loss(scores, self._targets[rows]).backward()
            self._optimizer.step()
        return time.perf_counter() - started

    @torch.no_grad()
    def evaluate(self, samples: Samples) -> dict[str, float]:
        """Return the mean loss and the accuracy of samples, computed in one batch."""
        self.network.eval()
        scores = self.network(as_torch_takes(samples.features[:]))
        right = scores.argmax(1) == samples.targets
        return {
            "loss": float(self._loss(scores, samples.targets)),
            "accuracy": float(right.double().mean()),
        }

    def _augmented(self, rows: Tensor, epoch: int) -> Tensor:
        x, source = self._features.index_select(0, rows), self._source
        if source.augmentation is None:
            return x
        return source.augmentation.apply(
            x, rows, seed=source.seed, epoch=epoch, low=source.low, high=source.high
        )

    def _check_start(self, ours: Model) -> None:
        """Check that both have the same number of weights, and equal losses before training."""
        count = sum(weights.numel() for weights in self.network.parameters())
        if count != ours.parameters.count:
            raise ValueError(f"the twin has {count:,} weights, not {ours.parameters.count:,}")
        some = Samples(self._features[:CHECKED], self._targets[:CHECKED])
        our_loss, their_loss = ours.evaluate_prepared(some)["loss"], self.evaluate(some)["loss"]
        if not abs(their_loss - our_loss) <= ROUNDING * our_loss:
            raise ValueError(f"the twin begins with a loss of {their_loss:.5f}, not {our_loss:.5f}")


def plain_adam(job: TrainingJob, trainer: Trainer) -> Adam:
    """Return the Adam of a training without settings that the twin does not support.

    Raises:
        ValueError: there are others, such as weight decay, or another optimizer.
    """
    default = Settings()
    unsupported = [
        name
        for name in Settings.model_fields
        if name not in FOLLOWED and getattr(job.settings, name) != getattr(default, name)
    ]
    adam = trainer.optimizer
    if unsupported or type(adam) is not Adam:  # AdamW is a subclass
        raise ValueError(f"the twin supports plain Adam only, not {', '.join(unsupported) or adam}")
    return adam


def as_torch_takes(pictures: Tensor) -> Tensor:
    """Return pictures (batch, height, width, channels), or grey ones without channels, in torch's
    shape: (batch, channels, height, width), channels last in memory.
    """
    coloured = pictures if pictures.dim() == 4 else pictures.unsqueeze(-1)
    return coloured.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def in_torch(network: Network, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """Return the same layers with the same weights in torch.

    Args:
        network: network for pictures.
        weights: its parameters and states, by name.
    Raises:
        ValueError: a layer is not supported.
    """
    modules: list[nn.Module] = []
    in_rows = False
    for number, layer in enumerate(network.layers, start=1):
        if isinstance(layer, layers.Dense) and not in_rows:
            modules.append(ByChannelsLast())
            in_rows = True
        prefix = f"{type(layer).__name__.lower()}_{number}."
        own = {n.removeprefix(prefix): w for n, w in weights.items() if n.startswith(prefix)}
        modules += _modules(layer, own, in_rows)
    made = nn.Sequential(*modules)
    made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it
    return made


def _modules(layer: Layer, own: Mapping[str, Tensor], in_rows: bool) -> list[nn.Module]:
    """Return the modules of a layer in torch, with its weights."""
    match layer:
        case layers.Conv2D():
            convolution = nn.Conv2d(
                own["weights"].shape[-1] * layer.groups,
                layer.filters,
                layer.kernel,
                layer.stride,
                layer.padding,
                layer.dilation,
                layer.groups,
                layer.bias,
            )
            return [_with(own, convolution), *_activated(layer.activation)]
        case layers.Dense():
            linear = nn.Linear(own["weights"].shape[1], layer.units, layer.bias)
            return [_with(own, linear), *_activated(layer.activation)]
        case layers.BatchNorm():
            kind = nn.BatchNorm1d if in_rows else nn.BatchNorm2d
            return [_with(own, kind(len(own["scale"])))]
        case layers.Activation():
            return _activated(layer.name)
        case layers.MaxPool2D():
            return [nn.MaxPool2d(layer.size, layer.stride, layer.padding)]
        case layers.Dropout():
            return [nn.Dropout(layer.rate)]
    raise ValueError(f"{layer} is not known here; it needs a case of its own")


def _activated(name: str | None) -> list[nn.Module]:
    if name not in (None, "relu"):
        raise ValueError(f"the activation {name} is not known here, only relu")
    return [] if name is None else [nn.ReLU()]


@torch.no_grad()
def _with(own: Mapping[str, Tensor], module: nn.Module) -> nn.Module:
    """Set the weights of a module; torch's filters have channels before height and width."""
    for name, values in own.items():
        theirs: Tensor = getattr(module, TORCH_NAMES[name])
        theirs.copy_(values.permute(0, 3, 1, 2) if values.dim() == 4 else values)
    return module
