"""Server-rendered pages of cadences."""
