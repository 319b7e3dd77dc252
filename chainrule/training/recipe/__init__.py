"""Recipe: options, presets and data, resolved to settings, network and methods."""
