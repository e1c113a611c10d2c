"""The nouns of gamification: an action here is something a member can do for points and rewards."""
