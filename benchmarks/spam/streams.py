"""Mail in a fixed order with its true labels, from sets that others collected."""

import random
import tarfile
from pathlib import Path
from typing import NamedTuple

NEEDED = """\
Name the folder with the sets, or set ECP_CORPORA to it. Needed there, each as a folder
or as a .tar.xz of one: spamassassin-part, list-ham and recent-spam. Each has a file
"index" with a line "spam PATH" or "ham PATH" for each message, in order of delivery."""


class Mail(NamedTuple):
    """A message and what it is."""

    raw: bytes
    is_spam: bool


Stream = list[Mail]


class MissingSetError(Exception):
    """A set isn't in the folder; the message says what is needed."""


class Sets:
    """The sets in a folder, or every tenth message of them."""

    def __init__(self, folder: Path, *, is_quick: bool = False) -> None:
        inner = folder / "spam"
        self._folder = inner if inner.is_dir() else folder
        self._step = 10 if is_quick else 1

    def spamassassin_part(self) -> Stream:
        """Return half of the SpamAssassin corpus in order of delivery."""
        return self._read("spamassassin-part")[:: self._step]

    def every_third(self) -> Stream:
        """Return every third message of that half."""
        return self._read("spamassassin-part")[::3][:: self._step]

    def list_and_recent(self) -> Stream:
        """Return a list's mail and spam of recent years, shuffled with a fixed seed."""
        mixed = self._read("list-ham") + self._read("recent-spam")
        random.Random(1).shuffle(mixed)
        return mixed[:: self._step]

    def _read(self, name: str) -> Stream:
        if (self._folder / name / "index").is_file():
            return _from_folder(self._folder / name)
        archive = self._folder / f"{name}.tar.xz"
        if archive.is_file():
            return _from_archive(archive, name)
        raise MissingSetError(f"No {name} in {self._folder}.\n{NEEDED}")


def flipped(stream: Stream, *, share: float, seed: int) -> list[bool]:
    """Return the labels of the stream with ``share`` of them turned round."""
    count = round(share * len(stream))
    wrong = set(random.Random(seed).sample(range(len(stream)), count))
    return [mail.is_spam != (number in wrong) for number, mail in enumerate(stream)]


def _from_folder(folder: Path) -> Stream:
    index = (folder / "index").read_text()
    return [
        Mail((folder / path).read_bytes(), is_spam) for is_spam, path in _lines(index)
    ]


def _from_archive(archive: Path, name: str) -> Stream:
    with tarfile.open(archive) as tar:
        files = {
            member.name: file.read()
            for member in tar
            if (file := tar.extractfile(member)) is not None
        }
    index = files[f"{name}/index"].decode()
    return [Mail(files[f"{name}/{path}"], is_spam) for is_spam, path in _lines(index)]


def _lines(index: str) -> list[tuple[bool, str]]:
    pairs = (line.split(maxsplit=1) for line in index.splitlines() if line.strip())
    return [(label == "spam", path) for label, path in pairs]
