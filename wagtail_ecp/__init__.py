"""The team inbox that lives in the Wagtail admin."""
