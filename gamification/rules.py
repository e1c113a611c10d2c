"""Everything that happens in gamification."""
