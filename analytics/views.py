"""Server-rendered pages of analytics."""
