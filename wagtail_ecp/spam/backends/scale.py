"""Other programs' points on our scale, and two scores made one."""

import math

#: Where another program's own threshold lies: our default threshold, so that at first
#: both put the same mail into Spam.
AT_THRESHOLD = 70.0

#: How steep: a mail without points gets 10, one with twice the threshold 98.
STEEPNESS = 3.0

_ODDS_AT_THRESHOLD = AT_THRESHOLD / (100.0 - AT_THRESHOLD)
_FURTHEST = 30.0  # Where the logistic has reached its ends, and exp() still works.
_CERTAIN = 1e-4  # Percent. No scorer is so sure that another one has no say.


def on_our_scale(points: float, *, threshold: float) -> float:
    """Return ``points`` of a program that calls mail from ``threshold`` on spam.

    A logistic: exactly 70 at the threshold, steeper the lower the threshold is.
    """
    distance = STEEPNESS * (points - threshold) / threshold
    distance = min(max(distance, -_FURTHEST), _FURTHEST)
    return 100.0 * _ODDS_AT_THRESHOLD / (_ODDS_AT_THRESHOLD + math.exp(-distance))


def blend(own: float, other: float) -> float:
    """Return the score whose logit is the mean of the two scores' logits."""
    odds = math.sqrt(_odds(own) * _odds(other))
    return 100.0 * odds / (1.0 + odds)


def _odds(score: float) -> float:
    share = min(max(score, _CERTAIN), 100.0 - _CERTAIN)
    return share / (100.0 - share)
