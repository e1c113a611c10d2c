"""The operator's view of analytics."""
