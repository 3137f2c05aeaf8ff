"""Tests of grid/hiding."""
