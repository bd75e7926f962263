"""The five log-ins, and what their groups may do."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

PASSWORD = "sandbox"  # noqa: S105 - printed at every start, on loopback only

PEOPLE = {
    "owner": ("Olive", "Alder"),
    "administrator": ("Adam", "Finch"),
    "member": ("Mina", "Okafor"),
    "colleague": ("Carl", "Lindqvist"),
    "outsider": ("Una", "Outram"),
}
# Besides "Editors", Wagtail's own group, which lets all five enter the admin.
GROUPS = {
    "Mail: house": ("owner", "administrator"),
    "Mail: front desk": ("member",),
    "Mail: press office": ("colleague",),
    "E-mail administrators": ("administrator",),
}
MAILBOXES = {
    "support@sandbox.test": "Support",
    "sales@sandbox.test": "Sales",
    "press@sandbox.test": "Press",
}
RIGHTS = {
    "Mail: house": (tuple(MAILBOXES), ("read", "reply", "manage")),
    "Mail: front desk": (
        ("support@sandbox.test", "sales@sandbox.test"),
        ("read", "reply"),
    ),
    "Mail: press office": (
        ("support@sandbox.test", "press@sandbox.test"),
        ("read", "reply"),
    ),
}
# Users and groups are managed in Wagtail's own screens.
ADMINISTRATORS_MAY = (
    "wagtail_ecp.administer_ecp",
    "wagtailadmin.access_admin",
    *(
        f"auth.{verb}_{what}"
        for what in ("user", "group")
        for verb in ("add", "change", "delete")
    ),
)


def make_people(*, superuser: str | None = None) -> None:
    """Make the log-ins that are missing, and one of them a superuser."""
    editors = Group.objects.get(name="Editors")
    for name, (first, last) in PEOPLE.items():
        user, is_new = get_user_model().objects.get_or_create(
            username=name,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{name}@sandbox.test",
                "is_superuser": name == superuser,
            },
        )
        if is_new:
            user.set_password(PASSWORD)
            user.save()
            user.groups.add(editors)


def make_groups() -> None:
    """Make the groups, put their people in, and give administrators their rights."""
    for name, members in GROUPS.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.user_set.set(get_user_model().objects.filter(username__in=members))
    administrators = Group.objects.get(name="E-mail administrators")
    for name in ADMINISTRATORS_MAY:
        app, codename = name.split(".")
        permission = Permission.objects.get(
            content_type__app_label=app, codename=codename
        )
        administrators.permissions.add(permission)
