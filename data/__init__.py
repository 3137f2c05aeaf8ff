"""What was reported, by whom, and when we learned it."""
