"""The dashboard's panels, a module for each."""
