"""The commands, one file a subject; each is one line in cli.py. What they share is in ``terminal`` and ``noting``."""
