"""Nobody but the owner changes what is the owner's, whichever screen they use."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import APIToken
from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

from tests.builders import a_mailbox, a_user, an_account, grant
from wagtail_ecp.admin import owner_guard
from wagtail_ecp.admin.guarded_django_admin import guard_django_admin
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

User = get_user_model()

OWNS = "owns the e-mail centre"


@pytest.fixture
def olga(db):
    """Owns the account, and is no superuser."""
    owner = a_user("olga")
    owner.first_name, owner.last_name = "Olga", "Berg"
    owner.save()
    an_account(owner)
    return owner


@pytest.fixture
def root(client):
    """A superuser, logged in, who doesn't own the account."""
    user = a_user("root", is_superuser=True)
    user.is_staff = True
    user.save()
    client.force_login(user)
    return user


def stored(user):
    return User.objects.filter(pk=user.pk).values().get()


def attempts():
    return Action.objects.filter(kind=Action.Kind.ATTEMPT_REFUSED).count()


def said(client, url="/admin/account/"):
    soup = BeautifulSoup(client.get(url).content, "html.parser")
    return " ".join(part.text for part in soup.select(".messages, .messagelist"))


def user_form(user, **changes):
    """Return what Wagtail's page of ``user`` posts; ``None`` leaves a field out."""
    form = {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name or "First",
        "last_name": user.last_name or "Last",
        "is_active": "on",
        "password1": "",
        "password2": "",
        "groups": [group.pk for group in user.groups.all()],
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def edit_url(user):
    return reverse("wagtailusers_users:edit", args=[user.pk])


# Wagtail's page of a user


@pytest.mark.parametrize(
    ("forged", "label"),
    [
        ({"email": "root@staff.example"}, "Email"),
        ({"username": "root2"}, "Username"),
        ({"password1": "new-pw-123", "password2": "new-pw-123"}, "Password"),
        ({"is_active": None}, "Active"),
        ({"first_name": "Ola", "email": "root@staff.example"}, "Email"),
    ],
)
def test_superuser_changes_nothing_that_is_the_owners_own(
    client, olga, root, forged, label
):
    before = stored(olga)

    response = client.post(edit_url(olga), user_form(olga, **forged))

    assert (response.status_code, response.url) == (302, edit_url(olga))
    assert stored(olga) == before
    words = said(client, edit_url(olga))
    assert OWNS in words
    assert label in words
    assert attempts() == 1


def test_superuser_corrects_the_owners_name_and_groups(client, olga, root):
    press = Group.objects.create(name="Press")
    groups = [*olga.groups.values_list("pk", flat=True), press.pk]

    client.post(edit_url(olga), user_form(olga, last_name="Holm", groups=groups))

    olga.refresh_from_db()
    assert olga.last_name == "Holm"
    assert press in olga.groups.all()
    assert attempts() == 0


def test_owner_keeps_the_group_that_lets_them_in(client, olga, root):
    client.post(edit_url(olga), user_form(olga, groups=[]))

    assert olga.groups.count() == 1
    assert "could no longer enter the admin" in said(client)
    assert attempts() == 1


def test_owner_may_lose_a_group_that_they_do_not_need(client, olga, root):
    spare = Group.objects.create(name="Spare")
    spare.permissions.add(Permission.objects.get(codename="access_admin"))
    olga.groups.add(spare)

    client.post(edit_url(olga), user_form(olga, groups=[spare.pk]))

    assert list(olga.groups.all()) == [spare]


def test_superuser_is_told_before_they_try(client, olga, root):
    page = client.get(edit_url(olga)).content.decode()

    assert OWNS in page
    assert "You can change their name and groups" in page


def test_everybody_else_is_edited_as_before(client, olga, root, alice):
    client.post(edit_url(alice), user_form(alice, email="a@new.example"))
    client.post(edit_url(alice), user_form(alice, is_active=None))

    alice.refresh_from_db()
    assert (alice.email, alice.is_active) == ("alice@staff.example", False)


def test_owner_edits_themself_but_keeps_their_access(client, olga):
    olga.is_superuser = True
    olga.save()
    client.force_login(olga)

    client.post(edit_url(olga), user_form(olga, email="olga@new.example"))

    olga.refresh_from_db()
    assert olga.email == "olga@new.example"
    assert olga.is_active


def test_owner_does_not_take_their_own_access_away(client, olga):
    may_manage = Permission.objects.filter(codename__in=["change_user", "view_user"])
    olga.user_permissions.add(*may_manage)
    client.force_login(olga)

    client.post(edit_url(olga), user_form(olga, groups=[]))

    assert olga.groups.count() == 1
    assert "could no longer enter the admin" in said(client)
    assert attempts() == 0


def test_owner_does_not_choose_a_mailbox_as_address(client, olga):
    a_mailbox("team@example.com")
    olga.is_superuser = True
    olga.save()
    client.force_login(olga)

    client.post(edit_url(olga), user_form(olga, email="Team+me@example.com"))

    olga.refresh_from_db()
    assert olga.email == "olga@staff.example"
    assert "password reset" in said(client)


def test_before_there_is_an_account_nothing_is_guarded(client, root, alice):
    client.post(edit_url(alice), user_form(alice, email="a@new.example"))

    alice.refresh_from_db()
    assert alice.email == "a@new.example"


# Deletion, one by one and in bulk


@pytest.mark.parametrize("method", ["get", "post"])
def test_owner_is_not_deleted(client, olga, root, method):
    url = reverse("wagtailusers_users:delete", args=[olga.pk])

    response = getattr(client, method)(url)

    assert response.url == reverse("wagtailusers_users:index")
    assert User.objects.filter(pk=olga.pk).exists()
    assert "can't be deleted" in said(client)
    assert attempts() == (method == "post")


def bulk_url(action, ids):
    url = reverse("wagtail_bulk_action", args=["auth", "user", action])
    return f"{url}?{'&'.join(f'id={one}' for one in ids)}"


@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize(
    ("action", "data"),
    [("delete", {}), ("set_active_state", {"mark_as_active": "False"})],
)
def test_bulk_action_with_the_owner_in_it_does_nothing(  # noqa: PLR0913, PLR0917
    client, olga, root, alice, everybody, action, data
):
    ids = ["all"] if everybody else [alice.pk, olga.pk]
    before = stored(olga), stored(alice)

    response = client.post(bulk_url(action, ids), data)

    assert response.status_code == 302
    assert (stored(olga), stored(alice)) == before
    words = said(client)
    assert "can't be deleted or deactivated" in words
    assert "Nothing was changed" in words
    assert attempts() == 1


def test_bulk_action_without_the_owner_goes_on(client, olga, root, alice, bob):
    client.post(bulk_url("set_active_state", [alice.pk]), {"mark_as_active": "False"})
    client.post(bulk_url("delete", [bob.pk]))

    assert not User.objects.get(pk=alice.pk).is_active
    assert not User.objects.filter(pk=bob.pk).exists()


def test_bulk_action_may_give_the_owner_a_role_or_activate_them(client, olga, root):
    press = Group.objects.create(name="Press")
    User.objects.filter(pk=olga.pk).update(is_active=False)

    client.post(bulk_url("assign_role", [olga.pk]), {"role": press.pk})
    client.post(bulk_url("set_active_state", [olga.pk]), {"mark_as_active": "True"})

    olga.refresh_from_db()
    assert press in olga.groups.all()
    assert olga.is_active


# Groups


def group_form(group, permissions):
    return {
        "name": group.name,
        "permissions": [permission.pk for permission in permissions],
        "page_permissions-TOTAL_FORMS": "0",
        "page_permissions-INITIAL_FORMS": "0",
        "collection_permissions-TOTAL_FORMS": "0",
        "collection_permissions-INITIAL_FORMS": "0",
        "document_permissions-TOTAL_FORMS": "0",
        "document_permissions-INITIAL_FORMS": "0",
        "image_permissions-TOTAL_FORMS": "0",
        "image_permissions-INITIAL_FORMS": "0",
    }


@pytest.fixture
def group(olga):
    """Lets the owner, and others, into the admin."""
    return Group.objects.get(name="Admin access")


def test_group_that_lets_the_owner_in_keeps_that_permission(client, olga, root, group):
    url = reverse("wagtailusers_groups:edit", args=[group.pk])

    response = client.post(url, group_form(group, []))

    assert response.status_code == 200
    assert "could no longer enter the admin" in response.content.decode()
    assert group.permissions.filter(codename="access_admin").exists()
    assert attempts() == 1


def test_group_may_change_in_other_ways(client, olga, root, group):
    url = reverse("wagtailusers_groups:edit", args=[group.pk])
    permission = Permission.objects.get(codename="access_admin")
    form = group_form(group, [permission]) | {"name": "The office"}

    response = client.post(url, form)

    assert response.status_code == 302
    group.refresh_from_db()
    assert group.name == "The office"


@pytest.mark.parametrize("method", ["get", "post"])
def test_group_that_lets_the_owner_in_is_not_deleted(client, olga, root, group, method):
    url = reverse("wagtailusers_groups:delete", args=[group.pk])

    getattr(client, method)(url)

    assert Group.objects.filter(pk=group.pk).exists()
    assert "could no longer enter the admin" in said(client)
    assert attempts() == (method == "post")


def test_group_may_go_once_another_lets_the_owner_in(client, olga, root, group):
    spare = Group.objects.create(name="Spare")
    spare.permissions.add(Permission.objects.get(codename="access_admin"))
    olga.groups.add(spare)

    client.post(reverse("wagtailusers_groups:delete", args=[group.pk]))

    assert not Group.objects.filter(pk=group.pk).exists()


# API tokens


@pytest.fixture
def token(olga):
    made, _plaintext = APIToken.create_token(user=olga, name="Script of Olga")
    return made


def test_superuser_makes_no_token_for_the_owner(client, olga, root, alice):
    url = reverse("wagtailusers_api_tokens:add")

    page = client.get(url).content.decode()
    response = client.post(url, {"name": "Mine", "user": olga.pk})
    client.post(url, {"name": "Mine", "user": alice.pk})

    assert f'<option value="{olga.pk}"' not in page
    assert OWNS in response.content.decode()
    assert [token.user for token in APIToken.objects.all()] == [alice]
    assert attempts() == 1


def test_superuser_neither_sees_nor_changes_the_owners_tokens(
    client, olga, root, token
):
    assert token.name not in client.get("/admin/api-tokens/").content.decode()
    for name in ("edit", "delete", "history", "usage"):
        url = reverse(f"wagtailusers_api_tokens:{name}", args=[token.pk])
        for answer in (client.get(url), client.post(url, {"name": "Renamed"})):
            assert (answer.status_code, answer.url) == (302, "/admin/api-tokens/")

    token.refresh_from_db()
    assert (token.name, token.revoked_at) == ("Script of Olga", None)
    assert OWNS in said(client)


def test_owner_manages_their_own_tokens(client, olga, token):
    olga.is_superuser = True
    olga.save()
    client.force_login(olga)

    page = client.get("/admin/api-tokens/").content.decode()
    client.post(reverse("wagtailusers_api_tokens:delete", args=[token.pk]))

    token.refresh_from_db()
    assert token.name in page
    assert token.revoked_at


# Wagtail's Account page


def account_form(user, **changes):
    return {
        "name_email-first_name": user.first_name or "First",
        "name_email-last_name": user.last_name or "Last",
        "name_email-email": user.email,
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        "locale-preferred_language": "",
        "locale-current_time_zone": "",
        **changes,
    }


@pytest.mark.parametrize("address", ["team@example.com", "TEAM+olga@example.com"])
def test_owner_may_not_make_a_mailbox_their_own_address(client, olga, address):
    a_mailbox("team@example.com")
    client.force_login(olga)

    response = client.post(
        "/admin/account/", account_form(olga, **{"name_email-email": address})
    )

    assert response.status_code == 200
    assert "read the owner&#x27;s password reset" in response.content.decode()
    assert stored(olga)["email"] == "olga@staff.example"


def test_owner_takes_another_address(client, olga):
    a_mailbox("team@example.com")
    client.force_login(olga)

    client.post(
        "/admin/account/", account_form(olga, **{"name_email-email": "o@new.example"})
    )

    assert stored(olga)["email"] == "o@new.example"


def test_member_is_warned_of_the_same(client, olga, alice):
    a_mailbox("team@example.com")
    client.force_login(alice)

    client.post(
        "/admin/account/",
        account_form(alice, **{"name_email-email": "team@example.com"}),
    )

    assert stored(alice)["email"] == "team@example.com"
    page = client.get("/admin/account/").content.decode()
    assert "arrives in the mailbox “Team”" in page


def test_page_says_nothing_of_addresses_that_are_ones_own(client, olga):
    client.force_login(olga)

    assert "ecp_own_address" not in client.get("/admin/account/").content.decode()


# Mailboxes


def mailbox_form(address, **changes):
    return {"name": "Team", "address": address, "is_active": "on", **changes}


@pytest.mark.parametrize("own", ["olga@firm.example", "olga+private@firm.example"])
def test_mailbox_never_takes_the_owners_own_mail(client, olga, root, own, settings):
    settings.EMAIL_USE_TLS = True
    User.objects.filter(pk=olga.pk).update(email=own)

    response = client.post(
        reverse("ecp_mailboxes:add"), mailbox_form("Olga@firm.example")
    )

    assert response.status_code == 200
    assert "read the owner&#x27;s password reset" in response.content.decode()


def test_mailbox_with_the_owners_address_is_not_activated_again(
    client, olga, root, settings
):
    settings.EMAIL_USE_TLS = True
    mailbox = a_mailbox("olga@firm.example")
    mailbox.is_active = False
    mailbox.save()
    User.objects.filter(pk=olga.pk).update(email=mailbox.address)
    url = reverse("ecp_mailboxes:edit", args=[mailbox.pk])

    response = client.post(url, mailbox_form(mailbox.address))

    assert response.status_code == 200
    mailbox.refresh_from_db()
    assert not mailbox.is_active


def test_whoever_makes_a_mailbox_of_somebodys_address_is_warned(
    client, olga, root, alice, settings
):
    settings.EMAIL_USE_TLS = True
    response = client.post(reverse("ecp_mailboxes:add"), mailbox_form(alice.email))

    assert response.status_code == 302
    assert "own address of alice arrives in this mailbox" in said(client)


def test_whoever_gives_somebody_a_mailbox_as_address_is_warned(
    client, olga, root, alice
):
    a_mailbox("team@example.com")

    client.post(edit_url(alice), user_form(alice, email="team@example.com"))

    assert "arrives in the mailbox “Team”" in said(client)


# Django's admin


def dj(name, *args):
    return reverse(f"admin:auth_{name}", args=args)


def dj_form(user, **changes):
    form = {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def test_djangos_admin_shows_the_owner_read_only_and_says_why(client, olga, root):
    page = client.get(dj("user_change", olga.pk)).content.decode()

    assert OWNS in page
    assert 'name="email"' not in page
    assert 'name="_save"' not in page


def test_djangos_admin_changes_nothing_of_the_owners(client, olga, root):
    before = stored(olga)

    response = client.post(
        dj("user_change", olga.pk), dj_form(olga, email="x@y.example")
    )

    assert response.url == dj("user_change", olga.pk)
    assert stored(olga) == before
    assert OWNS in said(client, dj("user_change", olga.pk))
    assert attempts() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_djangos_admin_sets_no_password_for_the_owner(client, olga, root, method):
    before = stored(olga)
    url = reverse("admin:auth_user_password_change", args=[olga.pk])
    data = {
        "password1": "new-pw-123x",
        "password2": "new-pw-123x",
        "usable_password": "true",
    }

    response = getattr(client, method)(url, data)

    assert response.url == dj("user_change", olga.pk)
    assert stored(olga) == before
    assert attempts() == (method == "post")


@pytest.mark.parametrize("method", ["get", "post"])
def test_djangos_admin_does_not_delete_the_owner(client, olga, root, method):
    response = getattr(client, method)(dj("user_delete", olga.pk), {"post": "yes"})

    assert response.url == dj("user_change", olga.pk)
    assert User.objects.filter(pk=olga.pk).exists()
    assert "can't be deleted" in said(client, dj("user_change", olga.pk))


@pytest.mark.parametrize("everybody", ["0", "1"])
def test_djangos_admin_deletes_no_selection_with_the_owner_in_it(
    client, olga, root, alice, everybody
):
    data = {
        "action": "delete_selected",
        "_selected_action": [alice.pk, *([] if everybody == "1" else [olga.pk])],
        "select_across": everybody,
        "index": "0",
        "post": "yes",
    }

    response = client.post(dj("user_changelist"), data)

    assert response.status_code == 302
    assert User.objects.filter(pk__in=[olga.pk, alice.pk]).count() == 2
    assert OWNS in said(client, dj("user_changelist"))
    assert attempts() == 1


def test_djangos_admin_still_deletes_others(client, olga, root, alice):
    data = {
        "action": "delete_selected",
        "_selected_action": [alice.pk],
        "index": "0",
        "post": "yes",
    }

    client.post(dj("user_changelist"), data)

    assert not User.objects.filter(pk=alice.pk).exists()


@pytest.fixture
def editable_list(monkeypatch):
    """Let the list of users be edited in place, as a site may."""
    registered = admin.site.get_model_admin(User)
    monkeypatch.setattr(registered, "list_editable", ("email",))


def list_form(*people):
    form = {
        "form-TOTAL_FORMS": len(people),
        "form-INITIAL_FORMS": len(people),
        "_save": "Save",
    }
    for number, (user, email) in enumerate(people):
        form |= {f"form-{number}-id": user.pk, f"form-{number}-email": email}
    return form


def test_djangos_editable_list_refuses_the_owners_row(
    client, olga, root, alice, editable_list
):
    form = list_form((alice, "a@new.example"), (olga, "x@y.example"))

    page = client.post(dj("user_changelist"), form, follow=True).content.decode()

    assert OWNS in page
    assert stored(olga)["email"] == "olga@staff.example"
    assert stored(alice)["email"] == "alice@staff.example"
    assert attempts() == 1


def test_djangos_editable_list_saves_the_rest(client, olga, root, alice, editable_list):
    form = list_form((alice, "a@new.example"), (olga, olga.email))

    client.post(dj("user_changelist"), form)

    assert stored(alice)["email"] == "a@new.example"


def test_owner_in_djangos_admin_changes_themself_but_stays(client, olga):
    olga.is_staff = olga.is_superuser = True
    olga.save()
    client.force_login(olga)
    url = dj("user_change", olga.pk)

    client.post(url, dj_form(olga, is_superuser="on", is_staff="on", last_name="Holm"))
    refused = client.post(
        url, dj_form(olga, is_superuser="on", is_staff="on", is_active=None)
    )

    assert "could no longer enter the admin" in refused.content.decode()
    olga.refresh_from_db()
    assert (olga.last_name, olga.is_active) == ("Holm", True)


def test_djangos_admin_keeps_the_group_that_lets_the_owner_in(
    client, olga, root, group
):
    url = dj("group_change", group.pk)
    action = {
        "action": "delete_selected",
        "_selected_action": [group.pk],
        "index": "0",
        "post": "yes",
    }

    refused = client.post(url, {"name": group.name, "permissions": []})
    client.post(dj("group_delete", group.pk), {"post": "yes"})
    client.post(dj("group_changelist"), action)

    assert "could no longer enter the admin" in refused.content.decode()
    assert group.permissions.filter(codename="access_admin").exists()
    assert attempts() == 3


def test_guarding_djangos_admin_twice_changes_nothing():
    registered = admin.site.get_model_admin(User)
    before = type(registered)

    guard_django_admin()

    assert type(registered) is before


def test_a_members_group_is_no_business_of_the_guard(client, olga, root, alice):
    grant(alice, a_mailbox(), "read")
    theirs = alice.groups.exclude(name="Admin access").get()

    client.post(reverse("wagtailusers_groups:delete", args=[theirs.pk]))

    assert not Group.objects.filter(pk=theirs.pk).exists()


def test_owner_who_was_deactivated_elsewhere_is_activated_again(client, olga, root):
    User.objects.filter(pk=olga.pk).update(is_active=False)

    client.post(edit_url(olga), user_form(olga))

    olga.refresh_from_db()
    assert olga.is_active
    assert attempts() == 0


def test_bulk_action_of_the_sites_own_is_refused_for_the_owner(
    olga, root, alice, client
):
    request = client.post("/admin/account/").wsgi_request

    class Anonymise(UserBulkAction):  # type: ignore[misc]
        action_type, display_name, aria_label = "anonymise", "", ""

    action = Anonymise(request, User)

    refused = owner_guard.before_bulk_action(
        request, "anonymise", [alice, olga], action
    )
    let_through = owner_guard.before_bulk_action(request, "anonymise", [alice], action)

    assert refused.status_code == 302
    assert let_through is None


def test_edit_by_a_view_of_another_kind_is_refused_whole(olga, root, client):
    request = client.post("/admin/account/").wsgi_request
    request.resolver_match = SimpleNamespace(func=lambda: None)

    assert owner_guard.before_edit_user(request, olga).status_code == 302
    request.user = olga
    assert owner_guard.before_edit_user(request, olga) is None
