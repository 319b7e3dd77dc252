"""Rotation of the hue of colours."""

import torch
from torch import Tensor

# The hues at which red, green and blue peak, plus half a turn, in turns.
BRIGHTEST = (0, 2 / 3, 1 / 3)

TINY = torch.finfo(torch.float32).tiny


def turn_hue(colours: Tensor, turns: Tensor) -> Tensor:
    """Rotate the hue of colours, with unchanged saturation and value.

    chroma = max(r, g, b) - min(r, g, b), and the hue h in sixths of a turn, 0 for red,
        h = 1 + (g + b - r - min) / chroma,  or minus that where b > g.
    This is the usual definition without its three cases: if r is largest and b smallest, it is
    (g - b) / chroma. The inverse, without six cases:
        r, g, b = min + chroma p,  p = |6 frac(h / 6 + 0, 2/3, 1/3) - 3| - 1 within 0 and 1.

    Args:
        colours: (batch, 3, height, width): red, green and blue, 0 to 1.
        turns: added to h / 6, (batch, 1, 1, 1), from -0.5 to 0.5.
    Source: Smith (1978), Color gamut transform pairs.
    """
    red, green, blue = colours.chunk(3, dim=1)
    darkest = colours.amin(1, keepdim=True)
    chroma = colours.amax(1, keepdim=True) - darkest
    # The hue of grey is arbitrary: its chroma of 0 is replaced by a tiny one.
    share = (green + blue).sub_(red).sub_(darkest).div_(chroma.clamp(min=TINY))
    sixths = torch.copysign(share.add_(1), green - blue)
    # A full turn is added, as frac needs positive numbers.
    phase = sixths.div_(6).add_(turns + 1) + colours.new_tensor(BRIGHTEST)[:, None, None]
    p = phase.frac_().mul_(6).sub_(3).abs_().sub_(1).clamp_(0, 1)
    return torch.addcmul(darkest, chroma, p)
