"""Where, how much, how bad: areas, cells, counts and what is derived from them."""
