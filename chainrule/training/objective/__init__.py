"""The objective: the graph of a network with its loss, in the precision of training."""
