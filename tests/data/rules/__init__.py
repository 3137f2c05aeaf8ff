"""Tests of data/rules."""
