"""Graph: what is computed. Nodes are operations, edges are values whose batch axis is open."""
