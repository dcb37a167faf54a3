"""Candidate against original on the same pictures: ``measure(original, candidate)``, scores float [..., n]."""
