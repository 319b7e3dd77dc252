"""The training loop: batches, forward, loss, backward, update, validation and early stopping."""
