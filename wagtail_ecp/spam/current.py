"""The scorer in use: workers keep it in memory until the model has a new version."""

import logging
from typing import NamedTuple

from django.utils import timezone

from wagtail_ecp.exceptions import CorruptModelError
from wagtail_ecp.spam.models import SpamModel
from wagtail_ecp.spam.scoring import Scorer, new_scorer

logger = logging.getLogger(__name__)


class Current(NamedTuple):
    """A scorer and the version of the model that it was read from."""

    version: int
    scorer: Scorer


_kept: Current | None = None


def current() -> Current:
    """Return the scorer as last trained; one query at first and while it stays the same.

    A damaged model is noted, and the one before it is used, else the shipped prior.
    """
    global _kept  # noqa: PLW0603 - a worker's memory is what this module is for
    if _kept is None or _kept.version != _version():
        model = SpamModel.objects.first()
        _kept = Current(model.version if model else 0, _load(model))
    return _kept


def _version() -> int:
    return SpamModel.objects.values_list("version", flat=True).first() or 0


def _load(model: SpamModel | None) -> Scorer:
    if model is None or model.blob is None:
        return new_scorer()
    for blob in (model.blob, model.previous_blob):
        scorer = read(blob)
        if scorer is not None:
            return scorer
        logger.error("the spam model, version %s, is damaged", model.version)
        SpamModel.note(damaged_at=timezone.now())
    return new_scorer()


def read(blob: bytes | memoryview | None) -> Scorer | None:
    """Return the scorer that ``blob`` holds; None if there is none or it is damaged."""
    if blob is None:
        return None
    try:
        return Scorer.from_bytes(bytes(blob))
    except CorruptModelError:
        return None


def forget() -> None:
    """Drop what is in memory; for whoever replaces the database below."""
    global _kept  # noqa: PLW0603
    _kept = None
