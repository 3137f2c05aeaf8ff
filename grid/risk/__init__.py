"""Risk from counts by day and unit: pure functions over days x units, and the board that asks them of a city.

``neighbours`` and ``lines``: who is near whom, and sums around every cell; ``shrink``: empirical Bayes rates;
``hotspots``: Gi*; ``scan``: space-time clusters; ``signals``: EARS and CUSUM; ``rt``: reproduction number;
``forecast`` and ``spread``: the next seven days and how sure they are; ``report_card``: how good it was;
``granularity``: how fine is fine enough; ``parts``, ``score``, ``grades``: a score of named parts that add up, in
grades with fixed meanings. On top of these, ``ground``, ``importation``, ``board`` and ``grids`` ask a version of a
city: all of it for the units of one level on one day, and the same findings by every fineness.
"""
