"""Server-rendered pages of gamification."""
