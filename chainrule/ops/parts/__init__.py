"""Parts that operations share: shape rules, kernels, checks and registries."""
