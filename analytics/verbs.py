"""What analytics tells the ledger."""
