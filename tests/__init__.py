"""The tests: they mirror the tree, and use real databases, a real browser and independent oracles."""
