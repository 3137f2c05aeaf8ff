"""The freshness ledger: whose data is late, incomplete or odd, judged against what the same source told before.

``guard`` weighs a delivery before it is committed (what it finds is kept in the load's notes, or holds it back);
``ledger`` adds what only the clock can tell, and answers for a moment. What is odd is a matter of numbers alone: of
days x counts x areas (``panel``, ``odd``), of the order of rows (``shifted``), of moments (``cadence``).
"""
