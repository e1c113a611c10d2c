"""The endpoints of Nudj's integration API v2."""
