"""Tests of grid/."""
