"""Groups of commands, one file a group; each is one line in cli.py."""
