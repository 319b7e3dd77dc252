"""Matrix products, one or many, with an initial value: y = s + a b."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from chainrule.native.kernel import Access, Kernel, by_unit, can_compute_with, whole
from chainrule.native.translation import translates

# Initial value of y, as in kernels.c.
FROM_ZERO, FROM_ITSELF, FROM_S = range(3)


@dataclass(frozen=True)
class Matrix:
    """A matrix as BLAS takes it: by columns, or transposed.

    Attributes:
        transposed: whether it is stored by rows instead.
        distance: from column to column, or from row to row, in elements; BLAS's leading dimension.
    """

    transposed: bool
    distance: int

    @classmethod
    def of(cls, tensor: Tensor) -> Matrix | None:
        """Describe the last two axes of a tensor; None if neither of them is contiguous."""
        (rows, columns), (by_row, by_column) = tensor.shape[-2:], tensor.stride()[-2:]
        if (by_row == 1 or rows == 1) and (by_column >= rows or columns == 1):
            return cls(False, by_column if columns > 1 else rows)
        if (by_column == 1 or columns == 1) and (by_row >= columns or rows == 1):
            return cls(True, by_row if rows > 1 else columns)
        return None


@translates("mm")
@translates("bmm")
def product(y: Tensor, a: Tensor, b: Tensor) -> Kernel | None:
    """y = a b."""
    return _products(y, None, a, b)


@translates("addmm")
@translates("baddbmm")
def product_and_start(y: Tensor, s: Tensor, a: Tensor, b: Tensor) -> Kernel | None:
    """y = s + a b."""
    return _products(y, s, a, b)


@translates("addbmm")
def addbmm(y: Tensor, s: Tensor, a: Tensor, b: Tensor, beta: float = 1) -> Kernel | None:
    """y = beta y + the sum of all products a b; s must be y."""
    if beta not in (0, 1) or not _same(s, y):
        return None
    return _products(y, s if beta else None, a, b, summed=True)


def _products(
    y: Tensor, s: Tensor | None, a: Tensor, b: Tensor, summed: bool = False
) -> Kernel | None:
    """Return the kernel of y = s + a b, or of y = s + the sum of all a b; None if unsupported."""
    tensors = [y, a, b] if s is None else [y, a, b, s]
    if not can_compute_with(*tensors):
        return None
    if s is not None:
        s = s.expand(y.shape)
    matrices = _blas_matrices(y, a, b)
    if matrices is None:
        # If y is stored by rows, its transpose is stored by columns: y^T = s^T + b^T a^T.
        y, a, b, s = y.mT, b.mT, a.mT, None if s is None else s.mT
        matrices = _blas_matrices(y, a, b)
    if matrices is None or (s is not None and not _same(s, y) and _overlap(s, y)):
        return None
    product, left, right = matrices
    (m, n), k, count = y.shape[-2:], a.shape[-1], a.shape[0] if a.dim() > 2 else 1
    start, initial = FROM_ZERO, y
    if s is not None:
        start, initial = (FROM_ITSELF, y) if _same(s, y) else (FROM_S, s)
    units = n if summed else count * n
    of_b = whole(b) if right.transposed or summed else _by_columns(b, units, right.distance)
    of_s = _by_columns(initial, units, initial.stride(-1))
    return Kernel(
        "sum_of_products" if summed else "products",
        [y, a, b, initial],
        [
            *(m, n, k),
            *(product.distance, left.distance, right.distance),
            *(left.transposed, right.transposed),
            *(0 if summed else _by_matrix(y), _by_matrix(a), _by_matrix(b)),
            *(initial.stride(-2), initial.stride(-1), _by_matrix(initial)),
        ],
        units=units,
        writes=[_by_columns(y, units, product.distance)],
        reads=[whole(a), of_b, of_s],
        scalars=(start, count),
    )


def _blas_matrices(*tensors: Tensor) -> list[Matrix] | None:
    """Describe the matrices for BLAS; None unless the first, the result, is stored by columns."""
    matrices = [matrix for tensor in tensors if (matrix := Matrix.of(tensor)) is not None]
    return matrices if len(matrices) == len(tensors) and not matrices[0].transposed else None


def _by_matrix(tensor: Tensor) -> int:
    return tensor.stride(0) if tensor.dim() > 2 else 0


def _by_columns(tensor: Tensor, columns: int, distance: int) -> Access:
    """Return the access to matrices of which each unit of work has one column of all."""
    rows, columns_of_one = tensor.shape[-2:]
    if columns > columns_of_one and _by_matrix(tensor) != columns_of_one * distance:
        return whole(tensor)
    return by_unit(tensor, columns, distance, 1 + (rows - 1) * tensor.stride(-2))


def _same(a: Tensor, b: Tensor) -> bool:
    return a.data_ptr() == b.data_ptr() and a.shape == b.shape and a.stride() == b.stride()


def _overlap(a: Tensor, b: Tensor) -> bool:
    return whole(a).conflicts_with(whole(b))
