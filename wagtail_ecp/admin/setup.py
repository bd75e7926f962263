"""The New Account Wizard: nothing is made before its last question is answered."""

from collections.abc import Mapping
from functools import wraps
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, View, page, refuses_forgery
from wagtail_ecp.admin.setup_forms import FORMS, MailboxStep, StepForm
from wagtail_ecp.admin.setup_words import outcomes, summary
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.mail.trying import Trial
from wagtail_ecp.setup import actions, finding, lookups, permissions, trials
from wagtail_ecp.setup.autoconfig import Offers
from wagtail_ecp.setup.models import STEPS, Setup

TITLES = {
    "account": gettext_lazy("Account"),
    "owner": gettext_lazy("Owner"),
    "mailbox": gettext_lazy("First mailbox"),
    "colleagues": gettext_lazy("Colleagues"),
    "ready": gettext_lazy("Ready"),
}


class Mark(NamedTuple):
    """One step in the line of all of them."""

    number: int
    title: str
    url: str
    is_current: bool
    is_finished: bool


def for_who_is_at_it(view: View) -> View:
    """Give the view the unfinished answers, and send everybody else to another page."""

    @wraps(view)
    def answer(request: AdminRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if navigation(request).has_account:
            return redirect("wagtail_ecp:start")
        return begun(request, *args, **kwargs)

    @refuses_forgery
    def begun(request: AdminRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not permissions.can_set_up(request.user):
                return _elsewhere(request, "who.html")
            setup = actions.start(by=request.user)
            if not permissions.is_at_it(request.user, setup):
                return _elsewhere(request, "busy.html", setup=setup)
            return view(request, setup, *args, **kwargs)
        except actions.AlreadySetUpError as error:
            notices.warning(request, str(error))
            return redirect("wagtail_ecp:start")

    return answer


def _elsewhere(request: AdminRequest, template: str, **context: Any) -> HttpResponse:
    """Say whose turn it is; a change by anybody else is refused."""
    if request.method == "POST":
        raise PermissionDenied(_("Setting up the e-mail centre is not yours to do."))
    people = [display_name(user) for user in permissions.who_can_set_up()]
    return page(
        request,
        f"setup/{template}",
        crumbs=[(_("Set up the e-mail centre"), "")],
        context={"people": people, **context},
    )


@for_who_is_at_it
def begin(_request: AdminRequest, setup: Setup) -> HttpResponse:
    """Lead to where the answers end."""
    return redirect("wagtail_ecp:setup_step", setup.next_step)


@require_POST
def take_over(request: AdminRequest) -> HttpResponse:
    """Let another superuser go on with the answers that there are."""
    if navigation(request).has_account:
        return redirect("wagtail_ecp:start")
    return _take_over(request)


@refuses_forgery
def _take_over(request: AdminRequest) -> HttpResponse:
    actions.take_over(by=request.user)
    return redirect("wagtail_ecp:setup")


@for_who_is_at_it
def step(request: AdminRequest, setup: Setup, name: str) -> HttpResponse:
    """Ask one step's questions, keep the answers and lead to the next."""
    if name not in STEPS:
        raise Http404
    if not setup.may_open(name):
        return redirect("wagtail_ecp:setup_step", setup.next_step)
    if request.method != "POST":
        return _asked(request, setup, name, _form(request, setup, name))
    form = _form(request, setup, name, request.POST)
    if name == "mailbox":
        return _answer_mailbox(request, setup, form)
    if not _keep(form, name, by=request.user):
        return _asked(request, setup, name, form)
    if name != STEPS[-1]:
        return redirect("wagtail_ecp:setup_step", STEPS[STEPS.index(name) + 1])
    return _finish(request)


def _finish(request: AdminRequest) -> HttpResponse:
    try:
        actions.finish(by=request.user)
    except actions.StepError as error:
        words = " ".join(error.messages)
        notices.error(request, _("Answer this again: %(words)s") % {"words": words})
        return redirect("wagtail_ecp:setup_step", error.step)
    notices.success(request, _("The e-mail centre is set up."))
    return redirect("wagtail_ecp:setup_ready")


def _answer_mailbox(
    request: AdminRequest, setup: Setup, form: StepForm
) -> HttpResponse:
    wanted = request.POST.get("do", "")
    if wanted == "find" and isinstance(form, MailboxStep):
        return _find(request, setup, form)
    if not _keep(form, "mailbox", by=request.user, is_finished=False):
        return _asked(request, setup, "mailbox", form)
    setup.refresh_from_db()
    tried = trials.run(setup)
    is_refused = trials.is_refused(setup, tried)
    is_well = all(trial.is_ok for trial in tried.values())
    if wanted == "next" and (is_well or (request.POST.get("go_on") and not is_refused)):
        incoming = tried.get("incoming")
        mark = incoming.mark if incoming else None
        actions.finish_mailbox(by=request.user, mark=mark)
        return redirect("wagtail_ecp:setup_step", "colleagues")
    return _asked(
        request,
        setup,
        "mailbox",
        form,
        tried=tried,
        may_go_on=not (is_well or is_refused),
        is_refused=is_refused,
    )


def _find(request: AdminRequest, setup: Setup, form: MailboxStep) -> HttpResponse:
    """Fill the servers in as the address' domain names them; they may be changed."""
    address = request.POST.get("address", "").strip()
    try:
        validate_email(address)
    except ValidationError as error:
        form.add_error("address", error)
        return _asked(request, setup, "mailbox", form)
    offers = finding.find(address, lookups=lookups.current())
    filled = _form(request, setup, "mailbox", form.with_offers(offers))
    filled.stay_silent()
    return _asked(request, setup, "mailbox", filled, offers=offers)


def _keep(form: StepForm, name: str, *, by: Any, is_finished: bool = True) -> bool:
    """Keep what was answered; if it is refused, the form says why."""
    if not form.is_valid():
        return False
    try:
        actions.save(
            name,
            form.answers(),
            by=by,
            passwords=form.passwords(),
            is_finished=is_finished,
        )
    except ValidationError as error:
        form.add_errors(error)
        return False
    return True


def _form(
    request: AdminRequest,
    setup: Setup,
    name: str,
    data: Mapping[str, Any] | None = None,
) -> StepForm:
    more: dict[str, Any] = {}
    if name == "mailbox":
        more["stored"] = frozenset(setup.passwords)
    elif name == "colleagues":
        more["owner"] = setup.answers["owner"]["owner"]
    known = dict(setup.answers.get(name, {}))
    return FORMS[name](data, initial=known, user=request.user, **more)


def _asked(
    request: AdminRequest,
    setup: Setup,
    name: str,
    form: StepForm,
    *,
    tried: Mapping[str, Trial] | None = None,
    offers: Offers | None = None,
    **more: Any,
) -> HttpResponse:
    at = STEPS.index(name)
    found = tried.get("incoming") if tried else None
    context = {
        "form": form,
        "media": form.media,
        "setup": setup,
        "marks": marks(name, setup),
        "number": at + 1,
        "back": reverse("wagtail_ecp:setup_step", args=[STEPS[at - 1]]) if at else "",
        "is_answered": name in setup.answers,
        "outcomes": outcomes(tried or {}),
        "folders": found.folders if found else (),
        "offers": offers,
        "summary": summary(setup) if name == STEPS[-1] else (),
        **more,
    }
    return page(
        request,
        f"setup/{name}.html",
        crumbs=[
            (_("Set up the e-mail centre"), reverse("wagtail_ecp:setup")),
            (str(TITLES[name]), ""),
        ],
        context=context,
    )


def marks(current: str, setup: Setup | None = None) -> list[Mark]:
    """Return the steps with a link to each that can be opened."""
    return [
        Mark(
            number,
            str(TITLES[name]),
            _link(name, setup),
            name == current,
            setup is None or name in setup.finished,
        )
        for number, name in enumerate(TITLES, start=1)
    ]


def _link(name: str, setup: Setup | None) -> str:
    if setup is None or name not in STEPS or not setup.may_open(name):
        return ""
    return reverse("wagtail_ecp:setup_step", args=[name])
