"""The environment of every test: quiet TensorFlow, Keras on TensorFlow, no GPU unless one is asked for by number."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
