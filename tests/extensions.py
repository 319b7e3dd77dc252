"""One small extension of each kind, as `docs/en/add_your_own.md` describes them, for a copy.

An operation that is an activation, a loss and an optimizer come from the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.book import ENGLISH, fences

SETTINGS = "chainrule/training/settings/settings.py"
READ_OPTIONS = "chainrule/data/read_options.py"
DECLARED_IN = {  # options that are no settings of training
    "activation": "chainrule/training/settings/network_options.py",
    "initialiser": "chainrule/training/settings/network_options.py",
    "network": "chainrule/training/settings/network_options.py",
    "preset": "chainrule/cli/config.py",
}


@dataclass(frozen=True)
class Edit:
    """Text that goes into a file: behind the first match of a pattern, or as a new file.

    Attributes:
        path: of the file, from the root of the repository.
        text: that is added.
        after: pattern of what stands before it; "" for the end of the file, or a new one.
    """

    path: str
    text: str
    after: str = ""

    def apply(self, root: Path) -> None:
        """Change the file in a copy of the repository.

        Raises:
            AssertionError: nothing in the file matches the pattern.
        """
        file = root / self.path
        content = file.read_text(encoding="utf-8") if file.exists() else ""
        found = re.search(self.after or r"\Z", content)
        assert found is not None, f"{self.path}: nothing matches {self.after}"
        content = content[: found.end()] + self.text + content[found.end() :]
        file.write_text(content, encoding="utf-8")


@dataclass(frozen=True)
class Extension:
    """What is added, in the words of the page.

    Attributes:
        kind: as in the first column of the table of the page.
        name: by which it is chosen, or of its function or class; in no other name.
        code: what makes it.
        places: the other places, which could be forgotten.
        listed: the kind of `chainrule methods` that lists it; "" for none.
    """

    kind: str
    name: str
    code: Sequence[Edit]
    places: Sequence[Edit] = ()
    listed: str = ""

    @property
    def registered(self) -> bool:
        """Whether its own file is enough to be found."""
        return self.listed not in ("", "layers", "metrics", "presets")

    @property
    def paths(self) -> set[str]:
        """All files that it touches; a file of its own is called NAME.py."""
        edits = [*self.code, *self.places]
        return {re.sub(rf"/{self.name.lower()}\.py$", "/NAME.py", edit.path) for edit in edits}


def _help(option: str, name: str) -> Edit:
    """The name at the beginning of the help of an option."""
    declaration = rf'\n    {option}: Annotated\[\s[^=]*Option\(\s+help="'
    return Edit(DECLARED_IN.get(option, SETTINGS), f"{name}, ", declaration)


def _both(page: str, text: str, after: str) -> Iterable[Edit]:
    """The same in the English and in the Korean page of the book."""
    return [Edit(f"docs/{language}/{page}", text, after) for language in ("en", "ko")]


def _of_the_page() -> dict[str, Edit]:
    titled = [fence for fence in fences(ENGLISH / "add_your_own.md") if fence.title]
    return {Path(fence.title).stem: Edit(fence.title, fence.text) for fence in titled}


PAGE = _of_the_page()

DOUBLE = Edit(
    "chainrule/layers/double.py",
    '''"""Double: twice the input."""

from dataclasses import dataclass

from chainrule.graph.graph import Graph, Value
from chainrule.ops import ConstantMultiple


@dataclass(frozen=True)
class Double:
    """y = 2 x."""

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to the graph and return its output."""
        return graph.apply(ConstantMultiple(2.0), x, name=name)
''',
)

SHALLOW = Edit(
    "chainrule/networks/shallow.py",
    '''"""Shallow: one hidden layer."""

from chainrule.layers import Dense, Network
from chainrule.networks.registry import network


@network("shallow")
def shallow(outputs: int, units: int = 8) -> Network:
    """One hidden layer of a few units."""
    return Network(Dense(units, "tanh"), Dense(outputs))
''',
)

LINEAR_DECAY = Edit(
    "chainrule/training/schedules/linear_decay.py",
    '''"""Linear decay: the rate falls by the same amount in each update."""

from dataclasses import dataclass

from chainrule.training.schedules.closed_form import ClosedFormSchedule
from chainrule.training.schedules.schedule import schedule


@schedule("linear_decay")
@dataclass(frozen=True)
class LinearDecay(ClosedFormSchedule):
    """factor = 1 - step / steps."""

    def factor(self, step: int, steps: int) -> float:
        """Return the share of the updates that are left."""
        return 1 - step / steps
''',
)

HE_FAN_OUT = Edit(
    "chainrule/layers/initialisers/he_fan_out.py",
    '''"""He by the outputs: keeps the size of gradients on their way back."""

from chainrule.layers.initialisers.fans import fan_out
from chainrule.layers.initialisers.registry import initialiser
from chainrule.layers.initialisers.variance_scaling import VarianceScaling


@initialiser("he_fan_out")
class HeFanOut(VarianceScaling):
    """Numbers of mean 0 and variance 2 / fan_out."""

    def variance(self, shape: tuple[int, ...]) -> float:
        """2 / fan_out."""
        return 2 / fan_out(shape)
''',
)

TWO_DEVIATIONS = Edit(
    "chainrule/data/preparation/scaling/two_deviations.py",
    '''"""Numbers by two of their deviations, so that most are between -1 and 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.scaling.scaling import scaling
from chainrule.data.preparation.scaling.standardisation import Standardisation


@scaling("two_deviations")
@dataclass(frozen=True)
class TwoDeviations(Standardisation):
    """z = (x - mean) / (2 deviation)."""

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, of the same shape."""
        return super().transform(values) / 2
''',
)

PLUS_MINUS = Edit(
    "chainrule/data/preparation/encoding/plus_minus.py",
    '''"""Plus and minus: one-hot with -1 in the place of 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.encoding.categories import encoding
from chainrule.data.preparation.encoding.one_hot import OneHot


@encoding("plus_minus")
@dataclass(frozen=True)
class PlusMinus(OneHot):
    """x'_k = 1 if x is the category k, else -1."""

    def transform(self, values: NDArray[np.object_]) -> NDArray[np.float32]:
        """The features of values, (rows,), as (rows, features)."""
        return 2 * super().transform(values) - 1
''',
)

PCA_MIRRORED = Edit(
    "chainrule/data/preparation/projection/pca_mirrored.py",
    '''"""Principal components with the other sign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.data.preparation.projection.pca import PCA
from chainrule.data.preparation.projection.projection import projection


@projection("pca_mirrored")
@dataclass(frozen=True)
class PCAMirrored(PCA):
    """y = -U (x - mean)."""

    def project(self, centred: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mirrored components, (rows, components)."""
        return -super().project(centred)
''',
)

NEGATIVE = Edit(
    "chainrule/data/augmentation/negative.py",
    '''"""Negative: black and white swapped."""

from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from chainrule.data.augmentation.draws import Draws
from chainrule.data.augmentation.transform import Photometric, transform
from chainrule.ranges import Range


@transform("negative")
@dataclass(frozen=True)
class Negative(Photometric):
    """v <- black + white - v, with a probability.

    Args:
        probability: that it happens, 0 to 1.
    """

    probability: Annotated[float, Range(0, 1)] = 0.5

    def apply(self, pictures: Tensor, draws: Draws, low: Tensor, high: Tensor) -> Tensor:
        """Negatives, or the pictures as they were."""
        swapped = draws.uniform("negative") < self.probability
        return (low + high - pictures).where(swapped[:, None, None, None], pictures)
''',
)

MAX_ERROR = Edit(
    "chainrule/training/metrics/max_error.py",
    '''"""The largest error."""

from torch import Tensor


def max_error(predictions: Tensor, targets: Tensor, weights: Tensor | None = None) -> float:
    """Largest absolute error, in the unit of the targets. Shapes alike."""
    return float((predictions.double() - targets).abs().max())
''',
)

BRIEF = Edit(
    "chainrule/training/recipe/presets.py",
    '''def brief(task: Task, samples: int) -> Preset:
    """The preset fast for 4 epochs."""
    return {**fast(task, samples), "epochs": 4}


''',
    r"\n(?=def plain\()",
)

ARFF = Edit(
    "chainrule/data/reading/arff.py",
    '''"""Tables of numbers in the format of Weka, by their rows alone."""

from pathlib import Path

import numpy as np

from chainrule.data.read_options import ReadOptions
from chainrule.data.table import Column, Table


def read_arff(files: list[Path], options: ReadOptions) -> Table:
    """Return a table of numbers, whose columns are called 0, 1, ..."""
    lines = [line for file in files for line in file.read_text().split("@data\\n")[1].splitlines()]
    values = np.array([line.split(",") for line in lines], np.float64)
    columns = [Column(str(index), column) for index, column in enumerate(values.T)]
    inputs = tuple(column for column in columns if column.name != options.target)
    (target,) = [column for column in columns if column.name == options.target]
    return Table(files[0].name, inputs, target)
''',
)

SEEDS = Edit(
    "chainrule/insight/report/seeds.py",
    '''"""The seed, by which all is drawn."""

from chainrule.insight.report.evidence import Evidence
from chainrule.insight.report.markup import paragraph


def seeds(evidence: Evidence) -> str:
    """The seed of the run."""
    return paragraph(f"All that is random was drawn from seed {evidence.seed}.")
''',
)

EXPLODED = Edit(
    "chainrule/insight/findings.py",
    """def _exploded(run: Run) -> Finding | None:
    first, last = run.history[0]["training_loss"], run.history[-1]["training_loss"]
    if last < 100 * first:
        return None
    return Finding("exploded", {"last_training_loss": last}, "The training loss exploded.")


""",
    r"\n(?=def _overfitting)",
)

LONG_NAMES = Edit(
    "chainrule/data/inspection/long_names.py",
    '''"""Columns whose names are too long to read."""

from __future__ import annotations

from chainrule.data.inspection.problem import Problem
from chainrule.data.table import Column


def long_names(column: Column) -> list[Problem]:
    """A name of more than 100 letters."""
    if len(column.name) <= 100:
        return []
    return [Problem("long_name", "A column has a long name.", "Shorten it.", (column.name,))]
''',
)

LEAST_EPOCHS = Edit(
    SETTINGS,
    """    least_epochs: Annotated[
        Positive,
        Option(
            help="Epochs before patience may end training.",
            metavar="N",
            group=REGULARISATION,
            example="5",
            only_learning=True,
        ),
    ] = 1
""",
    r"\n(?=    metric: Annotated)",
)

GREYSCALE = Edit(
    READ_OPTIONS,
    """    greyscale: Annotated[
        bool,
        Option(
            help="Read files of pictures without their colours.",
            expects="true or false",
            example="true",
        ),
    ] = False
""",
    r"\n(?=    path_column: Annotated)",
)

QUIET = Edit(
    "chainrule/cli/command_options.py",
    """    quiet: Annotated[
        bool, Option(help="Print no notes.", expects="true or false", example="true")
    ] = False
""",
    r"\n(?=    spread: Annotated)",
)


def _named(kind: str, name: str, code: Edit, *places: Edit) -> Extension:
    """Return an extension that an option of its kind chooses, whose help has all names."""
    listed = {"loss": "losses"}.get(kind, f"{kind}s")
    option = {"augmentation": "augment"}.get(kind, kind)
    return Extension(kind, name, [code], [_help(option, name), *places], listed)


EXTENSIONS = (
    _named("activation", "softsign", PAGE["softsign"]),
    _named("loss", "log_cosh", PAGE["log_cosh"]),
    _named(
        "optimizer",
        "signum",
        PAGE["signum"],
        Edit(
            "tests/training/optimizers/counterparts.py",
            '''

class TheirSignum(torch.optim.Optimizer):
    """Bernstein et al. (2018), algorithm 2, with the decay in the gradient."""

    def __init__(self, groups: Groups, lr: float) -> None:
        super().__init__(groups, {"lr": lr, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for w in group["params"]:
                m = self.state[w].get("m", torch.zeros_like(w))
                g = w.grad + group["weight_decay"] * w
                self.state[w]["m"] = 0.9 * m + 0.1 * g
                w -= group["lr"] * self.state[w]["m"].sign()


COUNTERPARTS["signum"] = counterpart(TheirSignum)
''',
        ),
    ),
    _named(
        "schedule",
        "linear_decay",
        LINEAR_DECAY,
        Edit(
            "tests/training/schedules/oracles.py",
            """
from chainrule.training.schedules.linear_decay import LinearDecay

FORMULAS = [*FORMULAS, (LinearDecay(), lambda t: 1 - t)]
""",
        ),
        Edit(
            "tests/training/schedules/test_every_schedule.py",
            '\n    "linear_decay": {},',
            r"\nSETTINGS: .* = {",
        ),
    ),
    _named(
        "initialiser",
        "he_fan_out",
        HE_FAN_OUT,
        Edit(
            "tests/layers/test_initialisers.py",
            '\n    "he_fan_out": {MATRIX: 2 / 300, FILTERS: 2 / (30 * 25)},',
            r"\nVARIANCES: .* = {",
        ),
    ),
    Extension(
        "layer",
        "Double",
        [DOUBLE],
        [
            Edit(
                "chainrule/layers/__init__.py",
                "from chainrule.layers.double import Double\n",
                r"\n(?=from)",
            ),
            Edit("chainrule/layers/__init__.py", '\n    "Double",', r"\n__all__ = \["),
        ],
        "layers",
    ),
    _named("network", "shallow", SHALLOW),
    _named(
        "scaling",
        "two_deviations",
        TWO_DEVIATIONS,
        Edit(
            "tests/data/preparation/inverse.py",
            '\n    "two_deviations": lambda fitted, z: _standardised(fitted, 2 * z),',
            r"\nSCALINGS: .* = {",
        ),
    ),
    _named("encoding", "plus_minus", PLUS_MINUS),
    _named(
        "projection",
        "pca_mirrored",
        PCA_MIRRORED,
        Edit(
            "tests/data/preparation/inverse.py",
            '\n    "pca_mirrored": lambda fitted, y: _pca(fitted, -y),',
            r"\nPROJECTIONS: .* = {",
        ),
    ),
    _named("augmentation", "negative", NEGATIVE),
    Extension(
        "metric",
        "max_error",
        [MAX_ERROR],
        [
            Edit(
                "chainrule/training/metrics/__init__.py",
                "from chainrule.training.metrics.max_error import max_error\n",
                r"\n(?=from chainrule)",
            ),
            Edit(
                "chainrule/training/metrics/__init__.py", '"max_error": max_error, ', r"(?=\"rmse)"
            ),
            Edit(
                "chainrule/training/settings/selection.py",
                '"max_error", ',
                r"\nLOWER_IS_BETTER = frozenset\(\(",
            ),
            Edit(
                "tests/training/test_metrics.py",
                """
    "max_error": (METRICS["regression"]["max_error"], sklearn_metrics.max_error),""",
                r"\nNUMBERS: .* = {",
            ),
        ],
        "metrics",
    ),
    Extension(
        "preset",
        "brief",
        [BRIEF],
        [
            Edit("chainrule/training/recipe/presets.py", "\n    brief=brief,", r"\n +\"preset\","),
            _help("preset", "brief"),
            *_both("presets.md", "\n| `brief` | | |", r"\n\|---.*"),
        ],
        "presets",
    ),
    Extension(
        "training option",
        "least_epochs",
        [LEAST_EPOCHS],
        [
            Edit(
                SETTINGS, "\n    least_epochs: int", r"\nclass SettingsKwargs[^\"]*\"\"\".*\"\"\"\n"
            ),
            Edit(
                "chainrule/training/loop/loop.py",
                " and epoch >= self.settings.least_epochs",
                r"if stopping\.should_stop\(\)",
            ),
        ],
    ),
    Extension(
        "reading option",
        "greyscale",
        [GREYSCALE],
        [
            Edit(
                READ_OPTIONS, "\n    greyscale: bool", r"\nclass ReadKwargs[^\"]*\"\"\".*\"\"\"\n"
            ),
            Edit(
                "chainrule/data/pictures/files.py",
                """
    if options.greyscale:
        wanted = (height, width)""",
                r"coloured = reader\.pixels\(height, width\)",
            ),
        ],
    ),
    Extension(
        "option of `predict`",
        "quiet",
        [QUIET],
        [
            Edit(
                "chainrule/cli/predict.py",
                " if not options.quiet else []",
                r"for note in predictions\.notes\(\)",
            )
        ],
    ),
    Extension(
        "column role",
        "postcode",
        [Edit("chainrule/data/vocabulary.py", ', "postcode"', r'\nRole = .*"text"')],
        [
            Edit(
                "chainrule/data/columns/roles.py",
                """
    if column.name == "postcode":
        return ColumnRole(column.name, "postcode", "its name says so")""",
                r'\ndef infer_role\([^"]*"""(.|\n)*?"""',
            ),
            Edit("chainrule/data/preparation/columns.py", ' | "postcode"', r'case "category"'),
            *_both("inspect.md", "\n| `postcode` | | |", r"\n\|---.*(?=\n\| `number)"),
            Edit(
                "tests/data/test_every_role.py",
                '\n    "postcode": Example(numbers("postcode", 1, 2, 1), 2, "1 to 2"),',
                r"\nEXAMPLES: .* = {",
            ),
        ],
    ),
    Extension(
        "file format",
        "arff",
        [ARFF],
        [
            Edit("chainrule/data/reading/file_format.py", '"arff", ', r"\nFileKind = Literal\["),
            Edit(
                "chainrule/data/reading/file_format.py",
                '    if start.startswith(b"@relation"):\n        return "arff"\n',
                r"\n(?=    if PARQUET.match)",
            ),
            Edit(
                "chainrule/data/reading/read.py",
                "from chainrule.data.reading.arff import read_arff\n",
                r"\n(?=from chainrule)",
            ),
            Edit(
                "chainrule/data/reading/read.py",
                '\n    "arff": Reader("an ARFF file", read_arff),',
                r"\nREADERS: .* = {",
            ),
            *_both("data.md", "\n| ARFF | |", r"\n\|---.*"),
        ],
    ),
    Extension(
        "report section",
        "seeds",
        [SEEDS],
        [
            Edit(
                "chainrule/insight/report/page.py",
                "from chainrule.insight.report.seeds import seeds\n",
                r"\n(?=from chainrule)",
            ),
            Edit(
                "chainrule/insight/report/page.py",
                '\n    "seeds": ("The seed", seeds),',
                r"\nSECTIONS: .* = {",
            ),
            *_both("report.md", "\n| The seed | |", r"\n\|---.*"),
        ],
    ),
    Extension(
        "finding",
        "_exploded",
        [EXPLODED],
        [Edit("chainrule/insight/findings.py", "\n    _exploded,", r"\nRULES: .* = \(")],
    ),
    Extension(
        "problem of `inspect`",
        "long_names",
        [LONG_NAMES],
        [
            Edit(
                "chainrule/data/inspection/problems.py",
                "from chainrule.data.inspection.long_names import long_names\n",
                r"\n(?=from chainrule)",
            ),
            Edit(
                "chainrule/data/inspection/problems.py",
                "long_names(column) + ",
                r"(?=mixed_units\(column\))",
            ),
        ],
    ),
)
