"""JSON:API 1.1, read and written: nothing here knows what the ledger is."""
