"""What happens behind the ledger's door."""
