"""Tests of grid/codes/."""
