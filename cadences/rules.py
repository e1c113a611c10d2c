"""Everything that happens in cadences."""
