"""Settings of a training run: their names, types, defaults and presets."""
