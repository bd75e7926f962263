"""The one place where an outside scorer is asked: it may fail, and nobody waits."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Self

from wagtail_ecp.exceptions import BackendDownError, ConfigurationError
from wagtail_ecp.spam.backends import configuration
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.backends.configuration import Configured
from wagtail_ecp.spam.backends.scale import blend

logger = logging.getLogger(__name__)

#: Bytes. Larger mail gets our own score alone: cut, its signatures would fail; whole,
#: it may take too long, and then others go unasked for a minute. SpamAssassin's rules
#: took up to 2.4 s of a core's time for one of this size. spamc stops at 500 kB, too.
MAX_BYTES = 512 * 1024

#: Seconds until nobody waits any more, name resolution included.
PATIENCE = 5.0

#: How long a back end that failed is left alone.
REST = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Since when a back end fails, why at last, and until when it is left alone."""

    since: datetime
    words: str
    until: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Asker:
    """Asks the site's back end, if there is one, and remembers that it failed.

    ``failure`` is how an earlier process found it: give it what the last one left, or
    each process waits for a dead back end anew.
    """

    def __init__(
        self,
        configured: Configured | None,
        *,
        failure: Failure | None = None,
        patience: float = PATIENCE,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.failure = failure if configured else None
        self._configured = configured
        self._patience = patience
        self._now = now

    @classmethod
    def of_site(cls, *, failure: Failure | None = None) -> Self:
        """Return one for the site's settings; wrong ones are a failure, no error."""
        try:
            return cls(configuration.read(), failure=failure)
        except ConfigurationError as error:
            asker = cls(None)
            asker._failed(str(error), since=_since(failure))
            return asker

    def ask(self, raw: bytes) -> Opinion | None:
        """Return the back end's opinion; None if there is none, for whatever reason."""
        if self._configured is None or len(raw) > MAX_BYTES or self._is_resting():
            return None
        try:
            opinion = self._answer(self._configured, raw)
        except BackendDownError as error:
            self._failed(str(error), since=_since(self.failure))
            return None
        self.failure = None
        return opinion

    @property
    def is_instead(self) -> bool:
        """Whether an opinion counts in place of our own score."""
        return self._configured is not None and self._configured.mode == "instead"

    def combine(self, own: float, opinion: Opinion | None) -> float:
        """Return the score that counts, from ours and the back end's."""
        if opinion is None:
            return own
        if self.is_instead:
            return opinion.score
        return blend(own, opinion.score)

    def _is_resting(self) -> bool:
        return self.failure is not None and self._now() < self.failure.until

    def _answer(self, configured: Configured, raw: bytes) -> Opinion:
        """Ask in a thread, because neither a resolver nor foreign code can be stopped."""
        answers: SimpleQueue[Opinion | Exception] = SimpleQueue()

        def work() -> None:
            try:
                answers.put(configured.backend.score(raw))
            except Exception as error:  # noqa: BLE001 - it may be the site's own code
                answers.put(error)

        Thread(target=work, daemon=True, name="ecp-spam-backend").start()
        try:
            answer = answers.get(timeout=self._patience)
        except Empty:
            raise BackendDownError(
                f"No answer within {self._patience:g} seconds."
            ) from None
        return _checked(answer)

    def _failed(self, words: str, *, since: datetime | None) -> None:
        now = self._now()
        if since is None:
            logger.warning("the spam back end fails, our own score is used: %s", words)
        self.failure = Failure(since=since or now, words=words, until=now + REST)


def _since(failure: Failure | None) -> datetime | None:
    return failure.since if failure else None


def _checked(answer: object) -> Opinion:
    if isinstance(answer, Opinion):
        return answer
    if isinstance(answer, BackendDownError):
        raise answer
    if isinstance(answer, Exception):  # Its words may hold anything; the log is ours.
        logger.error("the spam back end raised an error", exc_info=answer)
    raise BackendDownError(f"It gave no opinion but {type(answer).__name__}.")
