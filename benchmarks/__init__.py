"""
The benchmarks, each beside its floor in the same run: `make bench`.

A floor is what nobody can be faster than with the same database and the same Python: the statement written by hand for
the bare driver, the row written to a dict by the same function, orjson. What is measured is a request through the whole
of Django, middleware and key included, in the same process and without a network. Both must give the same bytes before
either is timed; then they take turns, and medians are compared. Times depend on the machine, ratios hardly do.
"""
