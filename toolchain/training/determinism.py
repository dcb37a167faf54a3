"""The same seed, the same weights: what has to be said to Keras and its backend for that."""


def make_deterministic(seed: int) -> None:
    """Seed Python, NumPy and Keras' backend, and have TensorFlow take its repeatable kernels; JAX has no others."""
    import keras

    keras.utils.set_random_seed(seed % 2**32)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
