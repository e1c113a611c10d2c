"""What clients send and get, field by field; `incidents.api.rows` writes what is declared here."""
