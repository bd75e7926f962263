"""Every other way to see a message: text, HTML, headers, source, why it is here."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Message

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"
ALTERNATIVE = (
    b"From: Vera <vera@customer.example>\r\nTo: support@example.com\r\n"
    b"Subject: Both\r\nMessage-ID: <both@c.example>\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Hello</p>"
)


def view_of(message, form):
    return reverse("wagtail_ecp:message_view", args=[message.pk, form])


def a_message(raw=None):
    receive_and_process(raw or an_email())
    return Message.objects.latest("pk")


@pytest.mark.parametrize("form", ["text", "headers", "source", "why"])
def test_every_view_leads_back_and_to_the_others(browse, alice, form):
    a_mailbox(readers=[alice])
    message = a_message()

    soup = browse(alice)(view_of(message, form))

    back = soup.select_one("[data-ecp-key=u]")["href"]
    assert back.endswith(
        f"/conversations/{message.conversation_id}/#message-{message.pk}"
    )
    current = soup.select_one(".ecp-tabs [aria-current=page]")["href"]
    assert current == view_of(message, form)
    others = {a["href"] for a in soup.select(".ecp-tabs a")}
    assert view_of(message, "source") in others
    assert reverse("wagtail_ecp:message_source", args=[message.pk]) in others


def test_a_fragment_has_nothing_around_it(browse, alice):
    a_mailbox(readers=[alice])
    message = a_message()

    soup = browse(alice)(view_of(message, "why"), fragment=1)

    assert soup.select_one("html") is None
    assert "It began this conversation." in soup.text


@pytest.mark.parametrize("form", ["html", "pdf", "Text"])
def test_what_a_message_has_not_is_not_found(client, alice, form):
    a_mailbox(readers=[alice])
    message = a_message()
    client.force_login(alice)

    assert client.get(view_of(message, form)).status_code == 404


def test_our_own_message_needs_no_reason(client, alice):
    a_mailbox(readers=[alice])
    message = a_message()
    Message.objects.update(direction="out")
    client.force_login(alice)

    assert client.get(view_of(message, "why")).status_code == 404


@pytest.mark.parametrize("form", ["text", "headers", "source", "why"])
def test_others_messages_do_not_exist(client, carol, form):
    a_mailbox()
    message = a_message()
    a_mailbox("sales@example.com", readers=[carol])
    client.force_login(carol)

    assert client.get(view_of(message, form)).status_code == 404


def test_html_is_shown_in_its_sandbox_alone(browse, alice):
    a_mailbox(readers=[alice])
    message = a_message(ALTERNATIVE)

    frame = browse(alice)(view_of(message, "html")).select_one("iframe")

    assert frame["src"] == reverse("wagtail_ecp:message_html", args=[message.pk])
    assert "allow-scripts" not in frame["sandbox"]
    assert "allow-same-origin" not in frame["sandbox"]


@pytest.mark.parametrize("form", ["text", "headers", "source"])
def test_hostile_mail_stays_text(browse, alice, form):
    a_mailbox(readers=[alice])
    message = a_message(an_email(text=HOSTILE + "\n", X_Evil=HOSTILE))

    main = browse(alice)(view_of(message, form)).select_one("main")

    scripts = [script for script in main.select("script") if "alert" in script.text]
    assert scripts == []
    assert "<script>alert(1)</script>" in main.text or form == "source"


def test_headers_show_what_they_hide(browse, alice):
    a_mailbox(readers=[alice])
    message = a_message(an_email(X_Evil=HOSTILE))

    main = browse(alice)(view_of(message, "headers")).select_one("main")

    assert "[U+202E]" in main.select_one(".ecp-headers").text


def test_menu_of_a_message_offers_the_views(browse, alice):
    a_mailbox(readers=[alice])
    message = a_message(ALTERNATIVE)
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])

    menu = browse(alice)(url).select_one(".ecp-menu")

    words = [link.text for link in menu.select("a")]
    assert words == [
        "Plain text",
        "HTML",
        "All headers",
        "Original source",
        "Download (.eml)",
    ]


def test_recipients_are_named_in_one_line_and_listed_when_asked_for(browse, alice):
    a_mailbox(readers=[alice])
    to = "support@example.com, Ann <a@x.example>, Bo <b@x.example>, Cy <c@x.example>"
    message = a_message(an_email(to=to, Reply_To="other@x.example"))
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])

    details = browse(alice)(url).select_one(".ecp-details")

    assert details.summary.text == "to support@example.com, Ann, Bo and 1 more"
    assert "Cy <c@x.example>" in details.text
    assert "other@x.example" in details.text


def test_reason_names_the_message_that_is_cited(browse, alice):
    a_mailbox(readers=[alice])
    first = a_message(an_email(message_id="1@c.example"))
    second = a_message(
        an_email("Re: parcel", message_id="2@c.example", cites=["1@c.example"])
    )
    third = a_message(an_email("Re: parcel", cites=["1@c.example", "2@c.example"]))

    cited = browse(alice)(view_of(third, "why")).select(".ecp-citations li")

    assert [" ".join(one.text.split()).split(" names")[0] for one in cited] == [
        "In-Reply-To <2@c.example>",
        "References <1@c.example>",
    ]
    links = [one.a["href"].partition("#")[2] for one in cited]
    assert links == [f"message-{second.pk}", f"message-{first.pk}"]
    assert "the message of Vera Holm" in cited[0].text


def test_what_is_cited_and_not_here_is_named_as_such(browse, alice):
    a_mailbox(readers=[alice])
    message = a_message(an_email("Re: x", cites=["gone&lt;@c.example"]))

    [cited] = browse(alice)(view_of(message, "why")).select(".ecp-citations li")

    assert "names a message that is not here" in cited.text
    assert "<gone&lt;@c.example>" in cited.text


def test_cited_message_that_one_may_not_read_is_as_good_as_not_here(browse, alice, bob):
    a_mailbox(readers=[bob])
    receive_and_process(an_email("Secret", message_id="secret@c.example"))
    a_mailbox("sales@example.com", readers=[alice])
    raw = an_email("Re: Secret", cites=["secret@c.example"], sender="X <x@x.example>")
    receive_and_process(raw, to="sales@example.com")

    [cited] = browse(alice)(view_of(Message.objects.latest("pk"), "why")).select(
        ".ecp-citations li"
    )

    assert "names a message that is not here" in cited.text
    assert cited.a is None


def test_place_in_the_list_is_kept_from_one_conversation_to_the_next(browse, alice):
    a_mailbox(readers=[alice])
    for number in range(3):
        receive_and_process(an_email(f"Number {number}"))
    older, here, newer = Conversation.objects.order_by("last_message_at", "pk")
    url = reverse("wagtail_ecp:conversation", args=[here.pk])

    nav = browse(alice)(url + "?from=all/inbox").select_one(".ecp-beside")

    back, previous, following = [link["href"] for link in nav.select("a")]
    assert back == reverse("wagtail_ecp:all_mailboxes", args=["inbox"])
    assert f"/{newer.pk}/?from=all/inbox" in previous
    assert f"/{older.pk}/?from=all/inbox" in following


def test_strange_places_lead_to_the_folder(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    message = a_message()
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])

    nav = browse(alice)(url + "?from=//evil.example/").select_one(".ecp-beside")

    [back] = [link["href"] for link in nav.select("a")]
    assert back == reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"])


def test_order_is_changed_without_losing_ones_place(client, alice):
    a_mailbox(readers=[alice])
    message = a_message()
    url = reverse("wagtail_ecp:reading_order", args=[message.conversation_id])
    client.force_login(alice)

    response = client.post(url, {"newest_first": "1", "from": "all/inbox"})

    assert response.url.endswith("?from=all/inbox")


def beside(get, conversation, name):
    return get(reverse("wagtail_ecp:beside", args=[conversation.pk, name]))


def test_side_panels_are_read_when_they_are_opened(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_message().conversation
    url = reverse("wagtail_ecp:conversation", args=[conversation.pk])

    soup = browse(alice)(url)

    panels = soup.select("[data-side-panel] [data-controller=ecp-side]")
    sources = [panel["data-ecp-side-src-value"] for panel in panels]
    assert sources == [
        reverse("wagtail_ecp:beside", args=[conversation.pk, name])
        for name in ("contact", "history", "related")
    ]
    assert len(soup.select("[data-side-panel-toggle]")) == len(panels)


def test_there_are_no_other_panels(client, alice):
    a_mailbox(readers=[alice])
    client.force_login(alice)
    url = reverse("wagtail_ecp:beside", args=[a_message().conversation_id, "secrets"])

    assert client.get(url).status_code == 404


def test_contact_has_addresses_and_other_conversations(browse, alice, bob):
    a_mailbox(readers=[alice])
    a_mailbox("sales@example.com", readers=[bob])
    receive_and_process(an_email("Hidden"), to="sales@example.com")
    receive_and_process(an_email("Earlier"))
    conversation = a_message(an_email("Now")).conversation

    panel = beside(browse(alice), conversation, "contact")

    assert panel.h3.text == "Vera Holm"
    assert "vera@customer.example" in panel.text
    assert "nobody has added them" in panel.text
    assert [a.text.split(" #")[0] for a in panel.select(".ecp-others a")] == ["Earlier"]
    assert panel.form is None


def test_replier_adds_and_removes_the_contact_from_the_panel(client, browse, alice):
    a_mailbox(repliers=[alice])
    conversation = a_message().conversation
    get = browse(alice)
    form = beside(get, conversation, "contact").form
    assert form.button.text == "Add to contacts"

    client.post(form["action"])

    form = beside(get, conversation, "contact").form
    assert form.button.text == "Remove from contacts"


def test_related_conversations_have_the_same_people_and_subject(browse, alice, bob):
    a_mailbox(repliers=[alice])
    a_mailbox("sales@example.com", repliers=[bob])
    receive_and_process(an_email("Parcel"), to="sales@example.com")
    receive_and_process(an_email("Parcel"), an_email("Something else"))
    receive_and_process(an_email("Parcel", sender="Tom <t@x.example>"))
    conversation = a_message(an_email("Parcel")).conversation

    panel = beside(browse(alice), conversation, "related")

    [link] = panel.select(".ecp-others a")
    assert link.text.startswith("Parcel")
    assert "Split from" not in panel.text


def test_what_was_taken_apart_is_related(browse, alice):
    a_mailbox(repliers=[alice])
    one = a_message(an_email("One")).conversation
    other = a_message(an_email("Other")).conversation
    actions.merge(one, other, by=alice)
    actions.unmerge(one.merges.get(), by=alice)

    panel = beside(browse(alice), one, "related")

    assert "Split from this one" in panel.text
    assert panel.select_one(f".ecp-others a[href*='/{other.pk}/']")


@pytest.mark.parametrize("name", ["contact", "history", "related"])
def test_panels_of_others_conversations_do_not_exist(client, carol, name):
    a_mailbox()
    conversation = a_message().conversation
    client.force_login(carol)
    a_mailbox("sales@example.com", readers=[carol])

    url = reverse("wagtail_ecp:beside", args=[conversation.pk, name])

    assert client.get(url).status_code == 404


def test_hostile_names_and_subjects_stay_text_beside(browse, alice):
    a_mailbox(readers=[alice])
    sender = '"<b>Vera</b>" <vera@customer.example>'
    receive_and_process(an_email("<i>One</i>", sender=sender))
    conversation = a_message(an_email("<i>One</i>", sender=sender)).conversation
    get = browse(alice)

    contact = beside(get, conversation, "contact")
    related = beside(get, conversation, "related")

    assert contact.b is None
    assert contact.i is None
    assert related.i is None
