"""Levels, cards and invoices; every way of paying is a provider."""
