"""Decisions at an operating point against labels: ``count(decisions, truth)``, both bool [..., n], of a proportion."""
