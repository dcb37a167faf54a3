"""Training through the network's own layers: pictures in threads, one graph from bytes to logits, epochs, checkpoints.

graph = picture_graph(network, rule, "float32")
tuned = tune(graph, Batches(...), Validation(...), plan, checkpoints, progress)
"""
