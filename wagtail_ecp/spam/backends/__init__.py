"""Spam scorers outside of ours, which a site may ask instead or as one more clue."""
