"""Training: the nine steps of learning, from a dataset to a tested model."""
