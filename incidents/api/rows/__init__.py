"""Rows of lists: from the tuples a queryset's `rows()` reads to the dicts a client gets."""
