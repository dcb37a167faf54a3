"""What is wrong with a dataset, before a classifier learns it."""
