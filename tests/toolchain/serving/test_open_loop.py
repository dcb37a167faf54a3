"""The open-loop generator of the figures: it keeps its schedule, and takes no refusal for an answer."""

import asyncio
from urllib.parse import urlsplit

import numpy as np
import pytest

from toolchain.figures.open_loop import ask_in_turn, ask_open_loop


def test_every_request_is_sent_and_timed_from_its_schedule(serve, encode):
    bodies = [encode(form="JPEG"), encode((0, 255, 0), "JPEG")]
    with serve() as served:
        place = urlsplit(served.url)
        times = asyncio.run(ask_open_loop(place.hostname, place.port, bodies, np.linspace(0, 0.2, 21)))
        assert served.count("scored") == 21
    assert times.shape == (21,)
    assert (times > 0).all()


def test_it_does_not_wait_for_answers(serve, encode):
    """Two arrivals at once, on a model that answers only when both pictures are there."""
    with serve(workers=1, batch=2, batch_wait=20.0) as served:
        place = urlsplit(served.url)
        asyncio.run(ask_open_loop(place.hostname, place.port, [encode(form="JPEG")], np.zeros(2)))
        assert served.watch.registry.get_sample_value("rct_batch_size_count") == 1


def test_a_single_client_waits_for_each_answer(serve, encode):
    """A model that waits for company never gets any, and takes each picture by itself."""
    with serve(workers=1, batch=2, batch_wait=0.02) as served:
        place = urlsplit(served.url)
        times = asyncio.run(ask_in_turn(place.hostname, place.port, [encode(form="JPEG")], 5))
        assert served.watch.registry.get_sample_value("rct_batch_size_count") == 5
    assert times.shape == (5,)


def test_a_refusal_is_no_answer(serve):
    with serve() as served:
        place = urlsplit(served.url)
        with pytest.raises(ValueError, match="not scored"):
            asyncio.run(ask_open_loop(place.hostname, place.port, [b"no picture"], np.zeros(1)))
