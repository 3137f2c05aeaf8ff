"""Readers of file formats: bytes -> text columns, nothing interpreted. One format, one file."""
