"""Scripts that take the figures in docs/figures that are about training."""
