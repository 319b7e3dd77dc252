"""Label smoothing: a share of each target is spread over all classes.

The target t becomes (1 - s) t + s / n for n classes. Without it, scores are pushed apart for ever,
since a softmax reaches no target of exactly 1; with it the best score is finite. It belongs to
training alone: in evaluation losses are without it, so that they can be compared.
Source: Szegedy et al. (2016), Rethinking the Inception architecture for computer vision, section 7.
"""

from chainrule.ops.parts.setting import check_setting


def check_label_smoothing(operation: str, label_smoothing: float) -> None:
    """Refuse a share s that leaves nothing of the target.

    Raises:
        InputError: it is negative, or not below 1.
    """
    fits = 0 <= label_smoothing < 1
    expected = "a share of at least 0 and below 1, such as 0.1"
    check_setting(operation, "label_smoothing", label_smoothing, fits, expected)
