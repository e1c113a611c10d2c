"""incident.io's API, versions 1, 2 and 3 side by side."""
