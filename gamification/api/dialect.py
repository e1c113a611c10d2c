"""How Nudj's integration API v2 talks: keys, pages, envelope, errors."""
