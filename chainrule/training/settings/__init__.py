"""Settings of a training and options of networks: names, types, defaults and help."""
