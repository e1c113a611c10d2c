"""The query parameters of Nudj's integration API v2."""
