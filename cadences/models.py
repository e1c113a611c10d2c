"""The nouns of cadences: an action here is the next touch a seller owes a prospect."""
