"""Pictures of a source brought to this machine, and the ledger that says what became of each.

A finished item is a line in the folder's journal, appended in the order of finishing; the ledger is made from the
journal and the source, in the source's order. So a fetch that was killed goes on where it was, and ends with the same
ledger.
"""
