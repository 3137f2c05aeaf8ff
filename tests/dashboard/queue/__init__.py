"""The queue on a phone: its addresses, photos and words; the page itself is looked at by tests/browser/test_queue.py."""
