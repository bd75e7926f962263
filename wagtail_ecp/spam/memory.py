"""Some earlier lessons that are repeated with each new one.

Measured: a third fewer mails are ranked wrongly while marks are few, and wrong marks
do less harm.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wagtail_ecp.spam.features import Features
from wagtail_ecp.spam.learner import Places, find_places

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE: Final = 50  # Lessons of each verdict.
REPEATS: Final = 2
EARLY: Final = 200  # As long as there are fewer marks, each has to teach more.
EARLY_REPEATS: Final = 10

_MIX: Final = 2_654_435_761
_HEAD: Final = struct.Struct("<I?f")


@dataclass(frozen=True)
class Lesson:
    """What one mark taught."""

    features: Features
    is_spam: bool
    weight: float
    found: Places | None = None

    @cached_property
    def places(self) -> Places:
        """Where its weights lie; found once, as it may be repeated often."""
        return self.found or find_places(self.features)


class Memory:
    """Up to SIZE lessons of each verdict; chance decides which, the same each time."""

    def __init__(self) -> None:
        self.lessons: dict[bool, list[Lesson]] = {True: [], False: []}

    def recall(self, number: int, *, is_spam: bool) -> Iterator[Lesson]:
        """Yield what to repeat with lesson ``number``, the other verdict first."""
        for nth in range(EARLY_REPEATS if number < EARLY else REPEATS):
            kept = self.lessons[is_spam if nth % 2 else not is_spam]
            if kept:
                yield kept[_chance(number * 7 + nth, len(kept))]

    def keep(self, number: int, lesson: Lesson) -> None:
        """Remember ``lesson``, in the place of another where all are taken."""
        kept = self.lessons[lesson.is_spam]
        if len(kept) < SIZE:
            kept.append(lesson)
        else:
            kept[_chance(number, SIZE)] = lesson

    def to_bytes(self) -> bytes:
        """Return all lessons."""
        return b"".join(
            _HEAD.pack(len(data), lesson.is_spam, lesson.weight) + data
            for lessons in self.lessons.values()
            for lesson in lessons
            for data in (lesson.features.steps(),)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Memory:
        """Return what ``to_bytes`` was called on."""
        memory = cls()
        position = 0
        while position < len(data):
            size, is_spam, weight = _HEAD.unpack_from(data, position)
            position += _HEAD.size + size
            features = Features.from_steps(data[position - size : position])
            memory.lessons[is_spam].append(Lesson(features, is_spam, weight))
        return memory


def _chance(number: int, size: int) -> int:
    return (number * _MIX >> 16 & 0xFFFF) % size
