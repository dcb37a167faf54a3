"""What a training reads, a batch at a time, decoded and changed in threads.

batches = Batches(dataset, targets, rule, views, Mixing(), batch=32, seed=0)
batches.read(epoch=3, index=0)                       # ({"pictures": uint8 [32, h, w, 3]}, float32 [32, categories, 2])
with as_dataset(partial(batches.read, 3), len(batches), threads=2) as data:
    model.fit(data)

Everything that is drawn depends on the seed, the epoch and the place of a picture or a batch, and on nothing else: not
on the backend, on the number of threads or devices, or on when a training was interrupted.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import PictureError
from models.preprocessing import Preprocessing, decode
from toolchain.data.dataset import Dataset, Example
from toolchain.training.tuning.graph import PICTURES, SHARE
from toolchain.training.tuning.mixing import Mixing

Pixels = NDArray[np.uint8]
_ORDER, _MIXING, _VIEW = 0, 1, 2
"""What a stream of random numbers is for."""
_GREY = 128


class Changes(Protocol):
    """Random changes of a picture."""

    def make(self, pixels: Pixels, rule: Preprocessing, chance: np.random.Generator) -> Pixels:
        """Return a view of ``pixels`` (uint8 [h, w, 3] as decoded): uint8 [rule.height, rule.width, 3]."""


@dataclass(frozen=True, eq=False)
class Batches:
    """The pictures of a dataset in batches.

    Attributes:
        dataset: pictures.
        targets: float32 [pictures, categories, 2], target and weight.
        rule: how they are decoded and brought to the network's size.
        changes: what else happens to them.
        mixing: of neighbours in a batch; ``batch`` is even then.
        batch: pictures in each.
        seed: of everything that is drawn.
        whole: leave out what does not fill a last batch, in another order every epoch; otherwise pictures come in their
            order, and the last batch is filled up with pictures of weight 0.
        unreadable: the pictures that cannot be read, with the reason; they count for nothing. Filled while reading.
    """

    dataset: Dataset
    targets: NDArray[np.float32]
    rule: Preprocessing
    changes: Changes
    mixing: Mixing = field(default_factory=Mixing)
    batch: int = 32
    seed: int = 0
    whole: bool = True
    unreadable: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        count = len(self.dataset.examples)
        return count // self.batch if self.whole else -(-count // self.batch)

    def rows(self, epoch: int) -> NDArray[np.int64]:
        """Return the pictures of an epoch in their order, int64 [len(self) * batch]; -1 for what only fills up."""
        count = len(self.dataset.examples)
        if self.whole:
            order = np.random.default_rng([self.seed, _ORDER, epoch]).permutation(count)
            return order[: len(self) * self.batch]
        return np.concatenate([np.arange(count), np.full(len(self) * self.batch - count, -1)])

    def read(self, epoch: int, index: int) -> tuple[dict[str, NDArray[Any]], NDArray[np.float32]]:
        """Return batch ``index`` of ``epoch``: the graph's inputs, and float32 [batch, categories, 2]."""
        rows = self.rows(epoch)[index * self.batch : (index + 1) * self.batch]
        pictures = np.full((len(rows), self.rule.height, self.rule.width, 3), _GREY, np.uint8)
        targets = np.zeros((len(rows), *self.targets.shape[1:]), np.float32)
        for place, row in enumerate(rows.tolist()):
            if row < 0:
                continue
            try:
                pictures[place] = self._view(self.dataset.examples[row], epoch, row)
            except PictureError as error:
                self.unreadable[row] = str(error)
                continue
            targets[place] = self.targets[row]
        inputs: dict[str, NDArray[Any]] = {PICTURES: pictures}
        if self.mixing:
            chance = np.random.default_rng([self.seed, _MIXING, epoch, index])
            inputs[SHARE], targets = self.mixing.mix(pictures, targets, chance)
        return inputs, targets

    def _view(self, example: Example, epoch: int, row: int) -> Pixels:
        pixels = np.rot90(decode(example.path, self.rule), example.rotation // 90)
        chance = np.random.default_rng([self.seed, _VIEW, epoch, row])
        return self.changes.make(np.ascontiguousarray(pixels), self.rule, chance)


@contextmanager
def as_dataset(
    read: Callable[[int], Any], count: int, threads: int, done: Callable[[int], None] | None = None
) -> Iterator[Any]:
    """Yield a ``keras.utils.PyDataset`` of ``read(0)`` to ``read(count - 1)``, in this order, read ahead in threads.

    Keras' own threads are not used: its ``fit`` looks at the first batch of the first epoch and then begins again, and
    its queue of read batches does not begin again with the same one. ``done`` is told how many were handed out.
    """
    import keras

    waiting: dict[int, Future[Any]] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="batches") as pool:

        class Read(keras.utils.PyDataset):  # type: ignore[misc]
            def __len__(self) -> int:
                return count

            def __getitem__(self, index: int) -> Any:
                for near in range(index, min(count, index + threads + 1)):
                    if near not in waiting:
                        waiting[near] = pool.submit(read, near)
                batch = waiting.pop(index).result()
                if done is not None:
                    done(index + 1)
                return batch

        try:
            yield Read()
        finally:
            pool.shutdown(cancel_futures=True)
