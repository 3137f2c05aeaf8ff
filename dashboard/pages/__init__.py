"""The official's pages: each a module with ``layout()`` and ``register(app, desk, painter, viewer_of)``."""
