"""incident.io's endpoints."""
