"""Tests of data.events."""
