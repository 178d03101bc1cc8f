"""Search: one query language for the page, the API, saved searches and batches.

`syntax` reads a query into terms, `compiler` turns terms into a filter; docs/search.md has the
language for people. Both databases give the same rows (tests/library/test_search_equality.py).
"""
