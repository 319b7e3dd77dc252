"""Operations: one primitive each, its forward kernel and its chain rule side by side.

Backpropagation consists of four flow rules, each the rule of one operation here: `add` passes
the gradient on, `multiply` swaps the factors, `copy` sums the branches, `maximum` sends the
gradient to the winner alone.

Every file of this folder is imported, so that a new operation is one file and nothing else. Those
that other code names are imported by name too.
"""

from chainrule.ops.absolute_error import AbsoluteError
from chainrule.ops.add import Add
from chainrule.ops.average_pool import AveragePool
from chainrule.ops.batch_normalisation import BatchNormalisation, FrozenBatchNormalisation
from chainrule.ops.binary_cross_entropy import BinaryCrossEntropy, BinaryCrossEntropyOnProbabilities
from chainrule.ops.blend import Blend
from chainrule.ops.cast import Cast
from chainrule.ops.clamp import Clamp
from chainrule.ops.concatenate import Concatenate
from chainrule.ops.constant_multiple import ConstantMultiple
from chainrule.ops.convolution import Convolution, ConvolutionWithoutBias
from chainrule.ops.copy import Copy
from chainrule.ops.cross_entropy import CrossEntropy, SparseCrossEntropy
from chainrule.ops.dropout import Dropout, ScheduledDropout
from chainrule.ops.embedding import Embedding
from chainrule.ops.gelu import Gelu, Silu
from chainrule.ops.grouped_linear import GroupedLinear
from chainrule.ops.gru import Gru
from chainrule.ops.huber import Huber
from chainrule.ops.identity import Identity
from chainrule.ops.layer_normalisation import LayerNormalisation
from chainrule.ops.linear import Linear, LinearWithoutBias
from chainrule.ops.linear_activation import LinearActivation
from chainrule.ops.lstm import Lstm
from chainrule.ops.max_pool import MaxPool
from chainrule.ops.max_pool_relu import MaxPoolRelu
from chainrule.ops.maximum import Maximum
from chainrule.ops.mean import Mean
from chainrule.ops.mish import Mish
from chainrule.ops.multiply import Multiply
from chainrule.ops.perceptron_criterion import PerceptronCriterion
from chainrule.ops.periodic import Periodic
from chainrule.ops.pick import Pick
from chainrule.ops.relu import Elu, LeakyRelu, Relu, Selu
from chainrule.ops.reshape import Reshape
from chainrule.ops.rnn import Rnn
from chainrule.ops.scale import Scale
from chainrule.ops.sigmoid import Sigmoid
from chainrule.ops.softmax import Softmax
from chainrule.ops.softmax_cross_entropy import SoftmaxCrossEntropy, SparseSoftmaxCrossEntropy
from chainrule.ops.softplus import Softplus
from chainrule.ops.squared_error import HalfSumOfSquares, SquaredError
from chainrule.ops.step import UnitStep
from chainrule.ops.sum import Sum
from chainrule.ops.tanh import Tanh
from chainrule.ops.torch_module import TorchModule
from chainrule.registry import import_all

import_all(__name__)

__all__ = [
    "AbsoluteError",
    "Add",
    "AveragePool",
    "BatchNormalisation",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyOnProbabilities",
    "Blend",
    "Cast",
    "Clamp",
    "Concatenate",
    "ConstantMultiple",
    "Convolution",
    "ConvolutionWithoutBias",
    "Copy",
    "CrossEntropy",
    "Dropout",
    "Elu",
    "Embedding",
    "FrozenBatchNormalisation",
    "Gelu",
    "GroupedLinear",
    "Gru",
    "HalfSumOfSquares",
    "Huber",
    "Identity",
    "LayerNormalisation",
    "LeakyRelu",
    "Linear",
    "LinearActivation",
    "LinearWithoutBias",
    "Lstm",
    "MaxPool",
    "MaxPoolRelu",
    "Maximum",
    "Mean",
    "Mish",
    "Multiply",
    "PerceptronCriterion",
    "Periodic",
    "Pick",
    "Relu",
    "Reshape",
    "Rnn",
    "Scale",
    "ScheduledDropout",
    "Selu",
    "Sigmoid",
    "Silu",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Softplus",
    "SparseCrossEntropy",
    "SparseSoftmaxCrossEntropy",
    "SquaredError",
    "Sum",
    "Tanh",
    "TorchModule",
    "UnitStep",
]
