"""The query parameters of PostHog."""
