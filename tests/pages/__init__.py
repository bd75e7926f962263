"""A site with forms, for the tests."""
