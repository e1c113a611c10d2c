"""Igni's endpoints."""
