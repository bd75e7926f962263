"""When a filter hears what its reader thinks: three ways to give it the same marks."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from benchmarks.spam.filters import Filter, Verdict
from benchmarks.spam.streams import Mail

Mails = Iterable[Mail]
Teaching = Callable[[Filter, Mails, Sequence[bool]], list[Verdict]]
DELAY = 100


def at_once(pupil: Filter, stream: Mails, marks: Sequence[bool]) -> list[Verdict]:
    """Mark each message as soon as it has its verdict."""
    verdicts = []
    for mail, mark in zip(stream, marks, strict=True):
        verdicts.append(pupil.judge(mail.raw))
        pupil.learn(mail.raw, is_spam=mark)
    return verdicts


def is_misplaced(verdict: Verdict, mark: bool) -> bool:
    """Return whether the message lies in the wrong folder."""
    return verdict.is_spam != mark


def needs_mark(verdict: Verdict, mark: bool) -> bool:
    """Return whether it lies in the wrong folder, or the filter says it is unsure."""
    return is_misplaced(verdict, mark) or verdict.is_unsure


def on_misplaced(pupil: Filter, stream: Mails, marks: Sequence[bool]) -> list[Verdict]:
    """Mark only what lies in the wrong folder by the filter's own default."""
    return _marking(is_misplaced, pupil, stream, marks)


def on_errors(pupil: Filter, stream: Mails, marks: Sequence[bool]) -> list[Verdict]:
    """Mark what lies in the wrong folder, or what the filter is unsure of."""
    return _marking(needs_mark, pupil, stream, marks)


def _marking(
    is_marked: Callable[[Verdict, bool], bool],
    pupil: Filter,
    stream: Mails,
    marks: Sequence[bool],
) -> list[Verdict]:
    verdicts = []
    for mail, mark in zip(stream, marks, strict=True):
        verdict = pupil.judge(mail.raw)
        verdicts.append(verdict)
        if is_marked(verdict, mark):
            pupil.learn(mail.raw, is_spam=mark)
    return verdicts


def late(pupil: Filter, stream: Mails, marks: Sequence[bool]) -> list[Verdict]:
    """Mark each message when 100 more have had their verdicts."""
    verdicts = []
    waiting = deque[tuple[bytes, bool]]()
    for mail, mark in zip(stream, marks, strict=True):
        verdicts.append(pupil.judge(mail.raw))
        waiting.append((mail.raw, mark))
        if len(waiting) > DELAY:
            raw, is_spam = waiting.popleft()
            pupil.learn(raw, is_spam=is_spam)
    return verdicts
