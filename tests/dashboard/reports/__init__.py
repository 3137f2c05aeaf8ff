"""The wall: sizes, settings, freshness, looks, links."""
