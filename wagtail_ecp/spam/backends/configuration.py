"""Which outside scorer the site has chosen, and what its opinion is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from wagtail_ecp import conf
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.spam.backends.base import SpamBackend

#: "instead": its score counts in place of ours. "clue": the two are blended.
Mode = Literal["instead", "clue"]
MODES: tuple[Mode, ...] = get_args(Mode)

#: What a class, which may be the site's own, raises for options that make no sense.
WRONG_OPTIONS = (
    ConfigurationError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    OSError,
)


@dataclass(frozen=True, kw_only=True)
class Configured:
    """A back end that is ready to be asked."""

    backend: SpamBackend
    mode: Mode = "clue"


def read() -> Configured | None:
    """Return what ``SPAM_BACKEND`` describes, if anything; ConfigurationError."""
    described = conf.get("SPAM_BACKEND")
    if described is None:
        return None
    if not isinstance(described, Mapping) or not described.get("path"):
        raise ConfigurationError("SPAM_BACKEND has no 'path'.")
    options = {**described}
    path, mode = options.pop("path"), options.pop("mode", "clue")
    if mode not in MODES:
        raise ConfigurationError(
            f"SPAM_BACKEND: 'mode' is {mode!r}, and must be one of {MODES}."
        )
    return Configured(backend=_made(path, options), mode=mode)


def _made(path: str, options: Mapping[str, object]) -> SpamBackend:
    try:
        backend: SpamBackend = conf.load(path)(**options)
    except ImportError as error:
        raise ConfigurationError(f"SPAM_BACKEND: {_missing(error)}") from error
    except WRONG_OPTIONS as error:
        raise ConfigurationError(f"SPAM_BACKEND: {error}") from error
    if not callable(getattr(backend, "score", None)):
        raise ConfigurationError(f"SPAM_BACKEND: {path} has no method score().")
    return backend


def _missing(error: ImportError) -> str:
    if (error.name or "").partition(".")[0] == "aiospamc":
        return "aiospamc is not installed: pip install wagtail-ecp[spamassassin]"
    return str(error)
