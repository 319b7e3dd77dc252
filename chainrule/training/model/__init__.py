"""Trained models: prediction, evaluation, confidence intervals and model files."""
