"""Data: a file is read into typed columns, its rows are split, and features are prepared from it.

Whatever is fitted to data, such as a mean, is fitted to the training rows only.
"""
