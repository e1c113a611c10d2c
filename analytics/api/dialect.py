"""How PostHog talks: keys, pages, envelope, errors."""
