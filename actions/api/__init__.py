"""Igni's API, version 1."""
