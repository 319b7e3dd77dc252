"""The computation graph: nodes are operations, edges are values whose batch axis is open."""
