"""Exports: formats opened again, addresses, the command."""
