"""A Keras classifier in, a bundle in another format out."""
