"""chainrule trains neural networks on a person's own data, with a chain rule that can be read."""
