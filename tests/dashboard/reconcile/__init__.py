"""Numbers asked again."""
