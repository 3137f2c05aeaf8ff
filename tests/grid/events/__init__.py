"""Tests of grid/events/."""
