"""The endpoints of Salesloft v2."""
