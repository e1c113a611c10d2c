"""The payloads of PostHog."""
