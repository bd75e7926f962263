"""The owner's slider: the option, its live preview, and filing again by it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.admin.test_account_options import ACCOUNT_PAGE, change, options_url
from tests.builders import a_mailbox, a_user, an_account
from tests.scores import a_score
from wagtail_ecp.accounts import logins
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Conversation, Folder, Rejudging
from wagtail_ecp.jobs import spam as jobs
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Score, SpamModel

pytestmark = pytest.mark.django_db

Decision = Score.Decision
NAMES = ("spam_preview", "retention_preview", "refiling_progress")


def url(name, *args):
    return reverse(f"wagtail_ecp:{name}", args=args)


@pytest.fixture
def olga(client):
    owner = a_user("olga")
    owner.first_name, owner.last_name = "Olga", "Owen"  # Wagtail's form asks for them.
    owner.save()
    an_account(owner)
    client.force_login(owner)
    return owner


@pytest.fixture
def mailbox(olga):
    """A mailbox that Olga reads, with a little mail at the threshold of 70."""
    box = a_mailbox(readers=[olga])
    for value in (5, 62, 65, 72, 95):
        a_score(box, value, subject=f"Scored {value}")
    return box


@pytest.fixture(params=["tab", "page"])
def place(request, olga):
    return ACCOUNT_PAGE if request.param == "tab" else options_url()


def text_of(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join((soup.select_one("main") or soup).text.split())


def previewed(client, threshold):
    return text_of(client.get(url("spam_preview"), {"threshold": threshold}))


def test_the_owner_saves_a_threshold_in_both_places(client, place, mailbox):
    change(client, place, spam_threshold="62", junk_retention_days="14")

    account = Account.objects.get()
    assert (account.spam_threshold, account.junk_retention_days) == (62, 14)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("spam_threshold", "101", "from 0 to 100"),
        ("spam_threshold", "-1", "from 0 to 100"),
        ("spam_threshold", "many", "from 0 to 100"),
        ("spam_threshold", "", "This field is required"),
        ("junk_retention_days", "0", "from 1 to 3650"),
        ("junk_retention_days", "3651", "from 1 to 3650"),
    ],
)
def test_other_numbers_are_refused_beside_their_field(
    client, place, option, value, words
):
    response = change(client, place, **{option: value})

    account = Account.objects.get()
    assert words in text_of(response)
    assert (account.spam_threshold, account.junk_retention_days) == (70, 30)


def test_an_unknown_value_of_an_old_page_changes_nothing(client, olga):
    forged = {
        "initial-ecp_options-spam_threshold": "seventy",
        "ecp_options-spam_threshold": "10",
    }

    client.post(options_url(), forged)

    assert Account.objects.get().spam_threshold == 70


def test_a_stale_threshold_is_shown_and_not_overwritten(client, olga):
    Account.objects.update(spam_threshold=50)

    stale = {
        "initial-ecp_options-spam_threshold": "70",
        "ecp_options-spam_threshold": "10",
    }
    page = text_of(client.post(options_url(), stale))

    assert "changed to “50” meanwhile" in page
    assert Account.objects.get().spam_threshold == 50


def test_after_15_minutes_a_new_threshold_asks_for_the_password(client, olga):
    session = client.session
    session[logins.LOGGED_IN_AT] -= logins.FRESH
    session.save()

    response = change(client, options_url(), spam_threshold="10")

    assert "Give your password" in text_of(response)
    assert Account.objects.get().spam_threshold == 70


def test_without_javascript_the_slider_is_hidden_and_the_number_is_sent(client, place):
    soup = BeautifulSoup(client.get(place).content, "html.parser")

    (slider,) = soup.select("input[type=range]")
    (number,) = soup.select("[name=ecp_options-spam_threshold]")
    assert slider.find_parent(hidden=True) is not None
    assert not slider.has_attr("name")
    assert (number["type"], number["min"], number["max"]) == ("number", "0", "100")


def test_the_sentence_is_there_without_javascript(client, place, mailbox):
    page = text_of(client.get(place))

    assert "At 70: 2 of 5 messages would be in Spam (as many as now)." in page


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (62, "At 62: 4 of 5 messages would be in Spam (2 more than now)."),
        (90, "At 90: 1 of 5 messages would be in Spam (1 fewer than now)."),
        (0, "Everything goes to Spam but the mail of contacts."),
        (100, "At 100: 0 of 5 messages would be in Spam (2 fewer than now). Nothing"),
    ],
)
def test_the_preview_says_what_a_position_would_do(client, mailbox, threshold, words):
    assert words in previewed(client, threshold)


def test_the_preview_lists_the_messages_both_ways(client, mailbox):
    strict, lenient = previewed(client, 62), previewed(client, 90)

    assert "Would go to Spam: 2 65 Scored 65" in strict
    assert "Scored 62" in strict
    assert "Would come back: 0" in strict
    assert "Would come back: 1 72 Scored 72" in lenient


def test_the_preview_names_what_the_team_answered(client, mailbox):
    a_score(mailbox, 64, decision=Decision.ANSWERED, subject="An order")

    page = previewed(client, 62)

    assert "1 of them was answered by your team." in page
    assert "Answered by your team: 1 64 An order" in page


def test_a_single_message_is_spoken_of_in_the_singular(client, olga):
    a_score(a_mailbox(readers=[olga]), 80)

    assert "1 of 1 message would be in Spam" in previewed(client, 70)


def test_a_long_list_is_cut_and_says_so(client, mailbox):
    for _number in range(21):
        a_score(mailbox, 66)

    soup = BeautifulSoup(
        client.get(url("spam_preview"), {"threshold": 62}).content, "html.parser"
    )

    assert len(soup.select("[data-list=going] a")) == 20
    assert "And 3 more" in soup.select_one("[data-list=going]").text


def test_what_the_owner_may_not_read_is_counted_and_not_named(client, mailbox):
    secret = a_mailbox("press@example.com", readers=[a_user("rita")])
    a_score(secret, 66, subject="Not for Olga")

    page = previewed(client, 62)

    assert "Would go to Spam: 3" in page
    assert "Not for Olga" not in page
    assert "1 more lies in a mailbox that you can't read" in page


def test_before_any_mail_the_preview_says_that_there_is_nothing(client, olga):
    assert "Nothing has been scored yet" in previewed(client, 62)


@pytest.mark.parametrize("value", ["", "101", "-1", "6.5", "٦٢", "x" * 9, "9" * 5000])
def test_a_value_that_no_slider_sends_is_a_bad_request(client, olga, value):
    thresholds = client.get(url("spam_preview"), {"threshold": value})
    days = client.get(url("retention_preview"), {"days": f"{value}0"})

    assert (thresholds.status_code, value == "" or days.status_code) == (
        400,
        value == "" or (200 if value == "101" else 400),
    )


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_sees_the_previews(client, mailbox, name):
    client.force_login(a_user("root", is_superuser=True))

    response = client.get(url(name), {"threshold": 62, "days": 7})

    assert response.url == reverse("wagtailadmin_home")


def test_the_preview_costs_the_same_with_much_mail(client, mailbox):
    few = queries_of(client, f"{url('spam_preview')}?threshold=60")
    for number in range(30):
        a_score(mailbox, 60 + number)

    many = queries_of(client, f"{url('spam_preview')}?threshold=60")

    assert len(many) == len(few)
    assert not any("COUNT(" in sql for sql in many)


def test_the_histogram_has_a_table_and_says_who_is_left_out(client, place, mailbox):
    a_score(mailbox, 99, standing="contact")

    soup = BeautifulSoup(client.get(place).content, "html.parser")

    rows = {
        tr.th.text: [td.text for td in tr.select("td")]
        for tr in soup.select(".ecp-histogram__table tbody tr")
    }
    assert rows["60 to 69"] == ["2", "0", "0", "0"]
    assert rows["90 to 100"] == ["1", "0", "0", "0"]
    assert len(soup.select(".ecp-histogram__picture rect")) == 5
    assert "1 more is from a contact" in soup.select_one("figcaption").text


def test_no_script_or_style_stands_in_the_page(client, mailbox):
    main = BeautifulSoup(client.get(options_url()).content, "html.parser").main

    assert main.select("[style], style, script:not([src])") == []


def test_the_owner_reads_how_far_the_filter_has_learned(client, place):
    SpamModel.note(marks=37)

    assert "still learning: 37 of some 200 marks" in text_of(client.get(place))


def test_after_200_marks_nothing_is_said_of_learning(client, place):
    SpamModel.note(marks=200)

    assert "still learning" not in text_of(client.get(place))


def test_saving_offers_to_file_the_last_30_days_again(client, place, mailbox):
    response = change(client, place, spam_threshold="62")

    page = " ".join(response.content.decode().split())
    assert "The threshold of 62 holds for new mail." in page
    assert "2 messages would go to Spam; 0 would come back." in page
    assert f'href="{options_url()}#ecp-refiling"' in page


def test_a_threshold_that_moves_nothing_says_so(client, olga, mailbox):
    response = change(client, options_url(), spam_threshold="71")

    assert "It would move nothing of the last 30 days." in text_of(response)


def test_what_was_filed_away_is_not_offered_to_be_moved(client, mailbox):
    a_score(mailbox, 66, folder=Folder.ARCHIVE)

    page = text_of(change(client, options_url(), spam_threshold="62"))

    assert "Would go to Spam: 3" in page
    assert "2 messages would go to Spam; 0 would come back." in page


def test_the_button_files_again_and_undo_takes_it_back(client, mailbox):
    Account.objects.update(spam_threshold=62)

    client.post(url("refile"))
    run = Rejudging.objects.get()
    going_on = text_of(client.get(options_url()))
    jobs.rejudge(run.pk)
    done = text_of(client.get(options_url()))
    in_spam = Conversation.objects.filter(folder=Folder.SPAM).count()
    client.post(url("undo_refiling", run.pk))
    jobs.rejudge(run.pk)

    assert "The threshold of 62 is being applied to the last 30 days." in going_on
    assert "One at a time" in going_on
    assert "applied: 2 messages went to Spam, 0 came back." in done
    assert in_spam == 4
    assert Conversation.objects.filter(folder=Folder.SPAM).count() == 2
    assert "The re-filing was undone" in text_of(client.get(options_url()))


def test_while_a_run_is_going_its_buttons_are_off(client, mailbox):
    Account.objects.update(spam_threshold=62)
    client.post(url("refile"))

    soup = BeautifulSoup(client.get(options_url()).content, "html.parser")
    buttons = soup.select("#ecp-refiling button")
    second = client.post(url("refile"), follow=True)

    assert [button.has_attr("disabled") for button in buttons] == [True]
    assert "Mail is being re-filed already." in second.content.decode()
    assert Rejudging.objects.count() == 1


def test_the_progress_alone_is_what_the_page_shows(client, mailbox):
    client.post(url("refile"))
    Rejudging.objects.update(done=30, total=120)

    soup = BeautifulSoup(client.get(url("refiling_progress")).content, "html.parser")

    assert [bar["value"] for bar in soup.select("progress")] == ["25"]
    assert "25 %: 30 of some 120 messages." in " ".join(soup.text.split())
    assert soup.find("html") is None


def test_scoring_again_is_offered_once_the_filter_has_learned(client, mailbox):
    before = text_of(client.get(options_url()))
    SpamModel.note(version=1, trained_at=timezone.now() - timedelta(minutes=1))
    offered = text_of(client.get(options_url()))

    client.post(url("rescore"))
    run = Rejudging.objects.get()
    jobs.rejudge(run.pk)
    after = text_of(client.get(options_url()))

    assert "Score it again" not in before
    assert "Score it again" in offered
    assert (run.threshold, run.rescores) == (None, True)
    assert "was scored again; nothing was moved" in after
    assert "Score it again" not in after


@pytest.mark.parametrize("name", ["refile", "rescore", "undo_refiling"])
def test_a_forged_button_does_nothing_and_is_written_down(client, mailbox, name):
    client.force_login(a_user("root", is_superuser=True))

    response = client.post(url(name, *([1] if name == "undo_refiling" else [])))

    assert response.url == reverse("wagtailadmin_home")
    assert not Rejudging.objects.exists()
    attempt = Action.objects.get(kind=Action.Kind.ATTEMPT_REFUSED)
    assert attempt.user_name == "root"


def test_a_run_that_is_not_the_last_one_is_not_undone(client, mailbox):
    Account.objects.update(spam_threshold=62)
    client.post(url("refile"))
    first = Rejudging.objects.get()
    jobs.rejudge(first.pk)
    client.post(url("rescore"))
    jobs.rejudge(Rejudging.objects.latest("pk").pk)

    response = client.post(url("undo_refiling", first.pk), follow=True)

    assert "Only the last re-filing can be undone." in response.content.decode()
    assert Rejudging.objects.get(pk=first.pk).state == Rejudging.State.DONE


def junked(*ages):
    """Let the conversations of Spam lie there for so many days."""
    rows = Conversation.objects.filter(folder=Folder.SPAM).order_by("pk")
    for row, days in zip(rows, ages, strict=True):
        row.junked_at = timezone.now() - timedelta(days=days)
        row.save()


def test_the_retention_says_what_lies_there_and_goes_next(client, place, mailbox):
    junked(20, 10)

    page = text_of(client.get(place))

    assert "2 conversations lie there. The next, 1 of them, is deleted in the" in page


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (7, "2 conversations lie there. 2 are deleted tonight, for good."),
        (15, "2 conversations lie there. 1 is deleted tonight, for good."),
    ],
)
def test_a_shorter_time_says_what_goes_tonight(client, mailbox, days, words):
    junked(20, 10)

    assert text_of(client.get(url("retention_preview"), {"days": days})) == words


def test_the_retention_says_that_nothing_lies_there(client, olga):
    page = text_of(client.get(url("retention_preview"), {"days": 30}))

    assert page == "Nothing lies there."
