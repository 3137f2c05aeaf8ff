"""Nobody sees beyond their scope: every entry point, every role, every street; see ``entries``, ``asks``, ``town``."""
