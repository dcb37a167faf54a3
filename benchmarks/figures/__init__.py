"""The figures in docs/benchmarks.md: one script for each kind of measurement, and one that writes the page."""
