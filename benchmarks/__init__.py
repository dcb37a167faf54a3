"""Bundles in, reports out: parity and latency."""
