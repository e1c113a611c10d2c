"""The operator's view of gamification."""
