"""Scores against labels: ``measure(scores, truth)``, float [..., n] and bool [..., n]."""
