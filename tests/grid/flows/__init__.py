"""Tests of grid/flows."""
