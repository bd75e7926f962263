"""Files that no web server may serve, in the storage named by RAW_STORAGE.

A file is there whole or not at all, and on a local disk it has reached the disk when
``write`` returns, because a sender's server is told next that its mail is safe.
"""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from wagtail_ecp import conf
from wagtail_ecp.exceptions import ConfigurationError


def read(name: str) -> bytes:
    """Return the file's content; FileNotFoundError if there is none."""
    with _storage().open(name) as file:
        return file.read()  # type: ignore[no-any-return]


def exists(name: str) -> bool:
    """Whether there is such a file."""
    return _storage().exists(name)


def size(name: str) -> int:
    """Return the file's length in bytes."""
    return _storage().size(name)


def delete(name: str) -> None:
    """Remove the file; no error if there is none."""
    _storage().delete(name)


def write(name: str, content: bytes) -> None:
    """Make ``content`` the file's content, replacing what is there."""
    storage = _storage()
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # An object store: a write replaces the whole object.
        if storage.save(name, ContentFile(content)) != name:
            raise ConfigurationError(
                "The storage for raw mail must overwrite files of the same name."
            ) from None
        return
    _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _storage() -> Storage:
    return storages[conf.get("RAW_STORAGE")]
