"""Who sees it: questions, pages, command line."""

from pathlib import Path


def assets_folder() -> Path:
    """The folder of style sheets and scripts: inside the package in a wheel, at the top of a checkout."""
    inside = Path(__file__).parent / "assets"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "assets"
