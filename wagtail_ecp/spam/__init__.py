"""Spam: score, verdict, marks, training."""
