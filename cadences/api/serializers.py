"""The payloads of Salesloft v2."""
