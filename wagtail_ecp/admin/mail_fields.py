"""Fields of forms in which e-mail is written."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from wagtail_ecp import conf

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
        most = conf.get("MAX_MESSAGE_BYTES")
        # They grow by a third on their way.
        if sum(file.size or 0 for file in files) * 4 / 3 > most:
            raise ValidationError(
                _("These files are too large: %(size)s in all is the limit."),
                params={"size": filesizeformat(most * 3 // 4)},
            )
        return files
