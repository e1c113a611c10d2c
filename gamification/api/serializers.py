"""The payloads of Nudj's integration API v2."""
