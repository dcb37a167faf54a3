"""What hangs together, against SciPy's connected components."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from toolchain.data.duplicates.clusters import clusters, equal_links


@given(st.data(), st.integers(1, 30))
def test_clusters_are_the_connected_components_each_by_its_smallest_member(data, count):
    things = st.integers(0, count - 1)
    links = data.draw(st.lists(st.tuples(things, things), max_size=40))
    ends = np.array(links, np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(links)), (ends[0], ends[1])), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    smallest = [int(np.flatnonzero(labels == label)[0]) for label in labels]
    assert clusters(count, links).tolist() == smallest


def test_things_of_one_name_are_linked_and_things_without_one_are_not():
    assert equal_links(["a", "", "b", "a", None, "", "a", None]) == [(0, 3), (0, 6)]
