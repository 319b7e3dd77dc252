"""Training: the nine steps from a dataset to a tested model."""
