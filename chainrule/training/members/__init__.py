"""Training of one network, or of several as members of one plan."""
