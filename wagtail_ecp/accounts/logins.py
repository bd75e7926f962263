"""How long ago somebody proved who they are, in this very session."""

import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY, authenticate, get_user_model

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Seconds after which the owner's screens ask for the password again.
FRESH = 15 * 60
#: So many wrong passwords end the session: it may not be its person who types them.
WRONG_PASSWORDS = 5

LOGGED_IN_AT = "ecp_logged_in_at"
WRONG = "ecp_wrong_passwords"


def note(request: "HttpRequest", **_kwargs: Any) -> None:
    """Remember in the session when its person logged in; a signal handler."""
    if hasattr(request, "session"):
        renew(request)


def renew(request: "HttpRequest") -> None:
    """Count the person as having logged in just now."""
    request.session[LOGGED_IN_AT] = time.time()
    request.session.pop(WRONG, None)


def is_fresh(request: "HttpRequest") -> bool:
    """Whether this session's log-in is less than ``FRESH`` seconds old."""
    logged_in_at: float = request.session.get(LOGGED_IN_AT, 0)
    return 0 <= time.time() - logged_in_at < FRESH


def proves(request: "HttpRequest", password: str) -> bool:
    """Whether ``password`` is that of the person whose session this is.

    Asks the site's authentication back ends, so that whatever counts failed log-ins
    there counts these; the fifth wrong one ends the session.
    """
    user = request.user
    name = get_user_model().USERNAME_FIELD
    known = {name: user.get_username(), "password": password}
    found = authenticate(request, **known)
    if found is not None and found.pk == user.pk:
        renew(request)
        return True
    wrong = request.session.get(WRONG, 0) + 1
    request.session[WRONG] = wrong
    if wrong >= WRONG_PASSWORDS:
        # Without touching request.user: the page that asked is still to be shown.
        request.session.flush()
    return False


def is_ended(request: "HttpRequest") -> bool:
    """Whether wrong passwords have just ended the session."""
    return SESSION_KEY not in request.session
