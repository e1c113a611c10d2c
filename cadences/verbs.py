"""What cadences tells the ledger."""
