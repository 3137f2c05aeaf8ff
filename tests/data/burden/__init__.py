"""Tests of the ledger of forms."""
