"""Networks in training: one or several, alone or together in one plan."""
