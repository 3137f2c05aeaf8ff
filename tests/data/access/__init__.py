"""Tests of data.access."""
