"""How fast is it? Latency and throughput of several contenders, side by side, each in a process of its own.

    report = run(contenders, plan, pictures, progress)     # benchmarks.latency.run
    report.rows[0].scenarios["single_stream"][0].percentile(99)

The way of a measurement: ``contender`` says what is timed and ``plan`` how; ``process`` starts a ``worker`` for each
contender; the ``scenarios`` ask the workers in turn, so that drift hits all of them; raw samples come back and are kept
in the ``report``; percentiles, ratios and verdicts are derived from them whenever they are asked for.
"""
