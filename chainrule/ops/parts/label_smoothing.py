"""Label smoothing: a share of each target is spread over all classes.

The target t becomes (1 - s) t + s / n for n classes. Without it, scores grow apart for ever,
since a softmax reaches no target of exactly 1; with it the best scores are finite. It is used only
in training: in evaluation losses are without it, so that they can be compared.
Source: Szegedy et al. (2016), Rethinking the Inception architecture for computer vision, section 7.
"""

from chainrule.ranges import Share

# The share s; below 1, so that something of the target remains.
LabelSmoothing = Share
