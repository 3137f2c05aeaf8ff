"""Dash parts: pieces that pages are put together from."""
