"""Everything that happens in analytics."""
