"""What the StableHLO format is made of: the inference graph in JAX, and its export."""
