"""Tests of grid/policy."""
