"""Training through the network's own layers: pictures in threads, one graph from bytes to logits, epochs, checkpoints."""
