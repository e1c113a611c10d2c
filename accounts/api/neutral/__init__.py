"""The API that is no vendor's but ours, under `/api/` of the base host: for what the vendors do not have."""
