"""How fast Contractspoor is, measured against the eventsourcing library and the raw database in the same run.

``python -m benchmarks`` prints a table and writes ``build/bench.json``. A file of rows has a function
``contests(arena)`` that yields ``measure.Contest``; ``__main__`` lists the files.
"""
