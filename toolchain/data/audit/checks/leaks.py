"""What is on both sides of a split: the same picture, the same group, the same author."""

from collections.abc import Iterator, Sequence

from toolchain.data.audit.finding import Finding, Severity
from toolchain.data.audit.material import Material, together
from toolchain.data.collection import host
from toolchain.data.duplicates.clusters import equal_links

SUMMARY = "the same picture, group, author or host in more than one split"

Links = Sequence[tuple[int, int]]


def look(material: Material) -> Iterator[Finding]:
    """Yield a finding for each way of being the same that crosses splits; pictures in no split cross nothing."""
    entries = material.entries
    if len({entry.split for entry in entries} - {""}) < 2:
        return
    mend = "Split again with rct data split."
    bytes_links = [(one[0], other) for one in material.same_bytes for other in one[1:]]
    near_links = [(pair.first, pair.second) for pair in material.near]
    groups = equal_links([(entry.source, entry.group) if entry.group else None for entry in entries])
    authors = equal_links([(entry.source, entry.author) if entry.author else None for entry in entries])
    hosts = equal_links([host(entry) for entry in entries])
    yield from _across(material, bytes_links, "severe", "the same file is in more than one split", mend)
    yield from _across(material, near_links, "severe", "pictures look the same in more than one split", mend)
    yield from _across(material, groups, "severe", "a group is in more than one split", mend)
    what_authors = "Scores will be better than on authors that are new. Make the author the group, and split again."
    yield from _across(material, authors, "warning", "an author is in more than one split", what_authors)
    what_hosts = "To be expected of a large host. Keep one source back entirely to know how it goes elsewhere."
    yield from _across(material, hosts, "note", "a host is in more than one split", what_hosts)


def _across(material: Material, links: Links, severity: Severity, title: str, advice: str) -> Iterator[Finding]:
    splits = [entry.split for entry in material.entries]
    split = [place for place in range(len(splits)) if splits[place]]
    inside = [link for link in links if splits[link[0]] and splits[link[1]]]
    found = [one for one in together(inside, len(splits)) if len({splits[place] for place in one}) > 1]
    if not found:
        return
    concerned = sum(map(len, found))
    yield Finding(
        check="leaks",
        severity=severity,
        title=title,
        pictures=concerned,
        figures={"cases": len(found), "share of pictures": round(concerned / len(split), 4)},
        examples=material.examples([_each_split_first(splits, one) for one in found]),
        advice=advice,
    )


def _each_split_first(splits: Sequence[str], places: Sequence[int]) -> list[int]:
    """Return one place of each split, then the others, so that an example that is cut short shows the leak."""
    firsts = list({splits[place]: place for place in reversed(places)}.values())
    return sorted(firsts) + [place for place in places if place not in firsts]
