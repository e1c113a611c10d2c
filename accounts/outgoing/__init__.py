"""What leaves the house: the outbox, the workers' claims on it, and the connections, which never lead inside."""
