"""Risk from counts by day and unit: pure functions over days x units that know no city, no store and no screen.

``neighbours`` and ``lines``: who is near whom, and sums around every cell; ``shrink``: empirical Bayes rates;
``hotspots``: Gi*; ``scan``: space-time clusters; ``signals``: EARS and CUSUM; ``rt``: reproduction number;
``forecast``: the next seven days; ``report_card``: how good it was; ``granularity``: how fine is fine enough.
"""
