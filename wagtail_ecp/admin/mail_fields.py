"""Fields of forms in which e-mail is written."""

from typing import TYPE_CHECKING, Any

from django import forms

from wagtail_ecp.inbox.links import refuse_too_much

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Upload = UploadedFile[Any]  # Generic for type checkers alone.


class FilesInput(forms.FileInput):
    """An input for any number of files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of uploaded files, as many as a mail may hold."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[Upload]":
        """Return the files, each checked as Django checks one."""
        given = data if isinstance(data, list | tuple) else [data]
        files: list[Upload] = [
            super(FilesField, self).clean(file, initial) for file in given if file
        ]
        refuse_too_much(file.size or 0 for file in files)
        return files
