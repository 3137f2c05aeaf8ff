"""Flows between places: matrices of who went where, tracing, import risk, effective distance, rules of both sides.

``scale`` (index -> people), ``matrix`` (sums, shares, in and out), ``tracing``, ``effective`` (distance by share),
``import_risk`` (infections carried out, and the model that is held against the cases found), ``travel_rules``,
``book`` (all tables of a version), ``outflow`` (what left an area, and where to).
"""
