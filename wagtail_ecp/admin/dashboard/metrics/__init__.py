"""Metrics on the dashboard: a panel for each, and the page of the cases behind it."""
