"""The endpoints of PostHog."""
