"""Tags as administrators keep them: spelt anew, merged, deleted; never how often used."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views import generic

from wagtail_ecp.inbox import actions, tagging
from wagtail_ecp.inbox.models import Tag


class TagForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tag's spelling, or the tag that it becomes part of."""

    into = forms.ModelChoiceField(
        queryset=Tag.objects.none(),
        required=False,
        label=gettext_lazy("Merge into"),
        help_text=gettext_lazy(
            "That tag is put wherever this one is, and this one is forgotten."
        ),
    )

    class Meta:
        model = Tag
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Tag.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a name that another tag has, unless this one is merged."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("into") is None and "name" in cleaned:
            self._clean_spelling(cleaned["name"])
        return cleaned

    def _clean_spelling(self, name: str) -> None:
        try:
            key = tagging.key_of(tagging.tidy(name))
        except ValidationError as refusal:
            self.add_error("name", refusal)
            return
        if Tag.objects.filter(key=key).exclude(pk=self.instance.pk).exists():
            words = _("There is a tag of this name already: merge this one into it.")
            self.add_error("name", words)


class TagEditView(generic.EditView):
    """Renames a tag or merges it into another."""

    def save_instance(self) -> Tag:
        """Return the tag that is there afterwards."""
        tag = Tag.objects.get(pk=self.form.instance.pk)
        into: Tag | None = self.form.cleaned_data["into"]
        if into is None:
            actions.rename_tag(
                tag, self.form.cleaned_data["name"], by=self.request.user
            )
            return tag
        actions.merge_tags(tag, into=into, by=self.request.user)
        return into


class TagDeleteView(generic.DeleteView):
    """Takes a tag off everything."""

    def delete_action(self) -> None:
        """Delete it."""
        actions.delete_tag(self.object, by=self.request.user)
