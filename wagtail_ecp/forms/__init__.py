"""Forms of the site that become conversations; a site's models import this.

It knows neither the admin nor, until a form is submitted, any of our models.
"""

from wagtail_ecp.forms.mixin import ConversationFormMixin

__all__ = ["ConversationFormMixin"]
