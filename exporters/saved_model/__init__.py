"""What the SavedModel format is made of: the inference graph in TensorFlow, and pictures decoded in front of it."""
