"""The query parameters of Salesloft v2."""
