"""Recipe: settings, presets and the data resolve to what a training does."""
