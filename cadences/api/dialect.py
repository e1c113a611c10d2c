"""How Salesloft v2 talks: keys, pages, envelope, errors."""
