"""Benches: the product and its rival on made data, in one run. ``python -m tests.bench NAME``."""
