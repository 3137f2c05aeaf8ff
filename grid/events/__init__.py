"""The closed loop in numbers: how long it takes, where it ends, where it breaks. Pure functions over rows of events."""
