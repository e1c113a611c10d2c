"""What gamification tells the ledger."""
