"""A bundle behind HTTP: pictures in, scores and verdicts out, and "review" whenever there is no score.

The way of a request: ``app`` hands it to ``handling``, which takes a place in ``room``, reads the ``body``, has the
picture made ready by ``pixels`` on a thread, and waits for ``batching`` to score it. Whatever goes wrong on the way is
a ``Refused`` of ``refusals``. ``starting`` loads and checks the bundle before anything listens.
"""
