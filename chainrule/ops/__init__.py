"""Operations: one primitive each, its forward kernel and its chain rule side by side.

Four flow rules make up backpropagation, and each is the rule of one operation here: `add` passes
the gradient on, `multiply` swaps the factors, `copy` sums the branches, `maximum` sends the
gradient to the winner alone.
"""

from chainrule.ops.add import Add
from chainrule.ops.binary_cross_entropy import BinaryCrossEntropy
from chainrule.ops.copy import Copy
from chainrule.ops.cross_entropy import CrossEntropy, SparseCrossEntropy
from chainrule.ops.linear import Linear
from chainrule.ops.linear_activation import LinearActivation
from chainrule.ops.maximum import Maximum
from chainrule.ops.mean import Mean
from chainrule.ops.multiply import Multiply
from chainrule.ops.relu import Relu
from chainrule.ops.reshape import Reshape
from chainrule.ops.sigmoid import Sigmoid
from chainrule.ops.softmax import Softmax
from chainrule.ops.softmax_cross_entropy import SoftmaxCrossEntropy, SparseSoftmaxCrossEntropy
from chainrule.ops.squared_error import SquaredError
from chainrule.ops.sum import Sum
from chainrule.ops.tanh import Tanh

__all__ = [
    "Add",
    "BinaryCrossEntropy",
    "Copy",
    "CrossEntropy",
    "Linear",
    "LinearActivation",
    "Maximum",
    "Mean",
    "Multiply",
    "Relu",
    "Reshape",
    "Sigmoid",
    "Softmax",
    "SoftmaxCrossEntropy",
    "SparseCrossEntropy",
    "SparseSoftmaxCrossEntropy",
    "SquaredError",
    "Sum",
    "Tanh",
]
