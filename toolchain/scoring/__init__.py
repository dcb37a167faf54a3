"""Bulk scoring: any number of pictures through a bundle, into Parquet shards that a killed run leaves whole.

A folder that is scored into holds

    _scoring.json         what it is the scoring of: bundle, settings, digest of the plan
    _plan.parquet         every input in its order, as a reference to where its bytes are
    part-00000.parquet    the scores of the plan's first ``shard_rows`` inputs, and so on

A shard is written aside and renamed, so one that is there is whole; what is left to do is what is not there. Names that
begin with a line are passed over by every reader of folders of Parquet files, so the folder is one table.
"""
