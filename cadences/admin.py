"""The operator's view of cadences."""
