"""Tests of grid/risk."""
