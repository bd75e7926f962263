"""Numbers as people write them."""

from django.utils.formats import number_format


def grouped(number: int) -> str:
    """Return a number with its thousands set apart, as the reader's language does."""
    return number_format(number, force_grouping=True)
