"""Handing mail to a server: who got it, who didn't, and what is certain."""

import socket

import pytest

from tests.transport.forwarding import forwarding
from tests.transport.smtp_servers import HOST, Keeper, accepting, running, scripted
from wagtail_ecp.mail.sending.connection import SmtpSettings
from wagtail_ecp.mail.sending.errors import (
    DeliveryError,
    PermanentDeliveryError,
    ServerRefusedError,
    TemporaryDeliveryError,
    UncertainDeliveryError,
)
from wagtail_ecp.mail.sending.outcome import Delivery, Refusal
from wagtail_ecp.mail.sending.smtp import deliver

MAIL = b"Subject: Hello\r\n\r\nOne\r\n.two\r\n..three\r\n.\r\nfour\r\n"
EHLO, OK, GO = b"250 me\r\n", b"250 OK\r\n", b"354 go\r\n"


def settings_for(port, **changes):
    values = {
        "host": HOST,
        "port": port,
        "security": "none",
        "allowed_networks": ["127.0.0.0/8"],
        "timeout": 5,
        "local_hostname": "ecp.example",
    }
    return SmtpSettings(**(values | changes))


def send(
    settings,
    *,
    envelope_from="support@example.com",
    recipients=("jane@example.org",),
    data=MAIL,
    before_data=lambda: None,
):
    return deliver(
        settings,
        envelope_from=envelope_from,
        recipients=recipients,
        data=data,
        before_data=before_data,
    )


def test_mail_arrives_byte_for_byte():
    keeper = Keeper()

    with running(keeper) as port:
        delivery = send(settings_for(port))

    assert delivery == Delivery(accepted=("jane@example.org",))
    assert keeper.mails == [MAIL]
    assert keeper.senders == ["support@example.com"]
    assert keeper.recipients == ["jane@example.org"]


def test_mail_without_a_last_line_end_gets_one():
    keeper = Keeper()

    with running(keeper) as port:
        send(settings_for(port), data=b"Subject: Hello\r\n\r\nOne")

    assert keeper.mails == [b"Subject: Hello\r\n\r\nOne\r\n"]


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\r.\r\n", b"\r\r\n", b"a\nb"])
def test_a_bare_line_end_is_refused_before_anything_is_sent(end):
    with pytest.raises(ValueError, match="CRLF"):
        send(settings_for(1), data=b"Subject: Hello\r\n\r\n" + end)


def test_recipients_that_are_refused_are_told_apart():
    keeper = Keeper(
        answers={
            "gone@example.org": "550 5.1.1 No such user",
            "full@example.org": "452 4.2.2 Mailbox full",
        }
    )
    recipients = ("gone@example.org", "jane@example.org", "full@example.org")

    with running(keeper) as port:
        delivery = send(settings_for(port), recipients=recipients)

    assert delivery.accepted == ("jane@example.org",)
    assert delivery.refused == {
        "gone@example.org": Refusal(550, "5.1.1 No such user", is_permanent=True),
        "full@example.org": Refusal(452, "4.2.2 Mailbox full", is_permanent=False),
    }
    assert keeper.recipients == ["jane@example.org"]


@pytest.mark.parametrize(
    ("second_answer", "error"),
    [
        ("550 No such user", PermanentDeliveryError),
        ("451 Later", TemporaryDeliveryError),
    ],
)
def test_when_all_recipients_are_refused_one_that_may_pass_decides(
    second_answer, error
):
    keeper = Keeper(answers={"a@x.example": "550 Gone", "b@x.example": second_answer})
    began = []

    with running(keeper) as port, pytest.raises(error) as failure:
        send(
            settings_for(port),
            recipients=("a@x.example", "b@x.example"),
            before_data=lambda: began.append(True),
        )

    assert set(failure.value.refused) == {"a@x.example", "b@x.example"}
    assert began == []
    assert keeper.mails == []


def test_the_marker_comes_after_the_recipients_and_before_the_mail():
    keeper = Keeper()
    seen = []

    def marker():
        seen.append((list(keeper.mails), "called"))

    with running(keeper) as port:
        send(settings_for(port), before_data=marker)

    assert seen == [([], "called")]
    assert len(keeper.mails) == 1


def test_a_failing_marker_keeps_the_mail_from_going_out():
    keeper = Keeper()

    def marker():
        raise RuntimeError("the lease is lost")

    with running(keeper) as port, pytest.raises(RuntimeError):
        send(settings_for(port), before_data=marker)

    assert keeper.mails == []


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], TemporaryDeliveryError),
        ([EHLO], TemporaryDeliveryError),
        ([EHLO, b"451 later\r\n"], TemporaryDeliveryError),
        ([EHLO, b"550 never\r\n"], PermanentDeliveryError),
        ([EHLO, OK, b"421 going down\r\n"], TemporaryDeliveryError),
        ([EHLO, OK, OK], TemporaryDeliveryError),
        ([EHLO, OK, OK, b"451 later\r\n"], TemporaryDeliveryError),
        ([EHLO, OK, OK, b"554 never\r\n"], PermanentDeliveryError),
        ([EHLO, OK, OK, GO, b"451 later\r\n"], TemporaryDeliveryError),
        ([EHLO, OK, OK, GO, b"554 spam\r\n"], PermanentDeliveryError),
        ([EHLO, OK, OK, GO, b""], UncertainDeliveryError),
        ([EHLO, OK, OK, GO, b"what?\r\n"], UncertainDeliveryError),
    ],
)
def test_what_a_failure_means_depends_on_how_far_the_mail_came(answers, error):
    with scripted(*answers) as port, pytest.raises(DeliveryError) as failure:
        send(settings_for(port))

    assert type(failure.value) is error


def test_a_server_that_accepts_and_hangs_up_has_the_mail():
    with scripted(EHLO, OK, OK, GO, OK) as port:
        assert send(settings_for(port)).accepted == ("jane@example.org",)


def test_a_connection_lost_in_the_middle_of_the_mail_is_certain():
    # More than the buffers between the two ends can hold.
    data = b"Subject: Big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300_000

    with (
        scripted(EHLO, OK, OK, b"354 go\r\n") as port,
        pytest.raises(TemporaryDeliveryError),
    ):
        send(settings_for(port), data=data)


def test_no_answer_within_the_timeout_after_the_mail_is_uncertain():
    with (
        scripted(EHLO, OK, OK, GO, b"", b"") as port,
        pytest.raises(UncertainDeliveryError, match="timed out"),
    ):
        send(settings_for(port, timeout=0.3))


def test_a_server_that_says_nothing_is_given_up_after_the_timeout():
    with socket.create_server((HOST, 0)) as silent:
        port = silent.getsockname()[1]

        with pytest.raises(TemporaryDeliveryError):
            send(settings_for(port, timeout=0.2))


def test_refused_recipients_are_told_even_if_the_mail_fails_later():
    keeper = Keeper(
        answers={"gone@example.org": "550 Gone"}, answer_to_data="451 Later"
    )

    with running(keeper) as port, pytest.raises(TemporaryDeliveryError) as failure:
        send(settings_for(port), recipients=("jane@example.org", "gone@example.org"))

    assert list(failure.value.refused) == ["gone@example.org"]


def test_a_bounce_has_an_empty_sender():
    keeper = Keeper()

    with running(keeper) as port:
        send(settings_for(port), envelope_from="")

    assert keeper.senders == ["<>"]


def test_a_domain_in_another_script_is_sent_in_ascii():
    keeper = Keeper()

    with running(keeper, enable_SMTPUTF8=False) as port:
        delivery = send(settings_for(port), recipients=("jane@straße.example",))

    assert keeper.recipients == ["jane@xn--strae-oqa.example"]
    assert delivery.accepted == ("jane@straße.example",)


def test_a_local_part_in_another_script_needs_smtputf8():
    keeper = Keeper()

    with running(keeper) as port:
        send(settings_for(port), recipients=("jürgen@example.org",))

    assert keeper.recipients == ["jürgen@example.org"]
    assert "SMTPUTF8" in keeper.options


def test_without_smtputf8_only_that_recipient_is_refused():
    keeper = Keeper()
    recipients = ("jürgen@example.org", "jane@example.org")

    with running(keeper, enable_SMTPUTF8=False) as port:
        delivery = send(settings_for(port), recipients=recipients)

    assert delivery.accepted == ("jane@example.org",)
    assert delivery.refused["jürgen@example.org"].is_permanent
    assert "not ASCII" in delivery.refused["jürgen@example.org"].text


def test_without_smtputf8_such_a_sender_is_refused():
    with (
        running(Keeper(), enable_SMTPUTF8=False) as port,
        pytest.raises(PermanentDeliveryError, match="not ASCII"),
    ):
        send(settings_for(port), envelope_from="jürgen@example.com")


@pytest.mark.parametrize("address", ["jane", "jane@x>\r\nDATA", "a b@x.example", ""])
def test_what_is_no_address_never_reaches_the_server(address):
    with running(Keeper()) as port:
        delivery = send(settings_for(port), recipients=("jane@example.org", address))

    assert delivery.refused[address].code == 553


def test_mail_over_the_size_that_the_server_states_is_refused_at_once():
    keeper = Keeper()
    with (
        running(keeper, data_size_limit=20) as port,
        pytest.raises(PermanentDeliveryError, match="552"),
    ):
        send(settings_for(port))

    assert keeper.mails == []


def test_eight_bit_mail_is_announced():
    keeper = Keeper()

    with running(keeper) as port:
        send(settings_for(port), data="Subject: Hi\r\n\r\nGrüße\r\n".encode())

    assert "BODY=8BITMIME" in keeper.options


def test_tls_from_the_start(certificate):
    keeper = Keeper()

    with running(keeper, ssl_context=certificate.for_servers()) as port:
        send(settings_for(port, security="tls", ssl_context=certificate.for_clients()))

    assert keeper.mails == [MAIL]


def test_starttls(certificate):
    keeper = Keeper()

    with running(
        keeper, tls_context=certificate.for_servers(), require_starttls=True
    ) as port:
        send(
            settings_for(
                port, security="starttls", ssl_context=certificate.for_clients()
            )
        )

    assert keeper.mails == [MAIL]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_self_signed_certificate_is_refused(self_signed, security):
    kind = "ssl_context" if security == "tls" else "tls_context"
    keeper = Keeper()

    with (
        running(keeper, **{kind: self_signed.for_servers()}) as port,
        pytest.raises(ServerRefusedError, match="self-signed"),
    ):
        send(settings_for(port, security=security))

    assert keeper.mails == []


def test_a_certificate_for_another_host_is_refused(certificate):
    keeper = Keeper()

    with (
        running(keeper, ssl_context=certificate.for_servers()) as port,
        forwarding("127.0.0.2", port) as other,
        pytest.raises(ServerRefusedError, match=r"not valid for '127\.0\.0\.2'"),
    ):
        send(
            settings_for(
                other,
                host="127.0.0.2",
                security="tls",
                ssl_context=certificate.for_clients(),
            )
        )


def test_starttls_is_demanded_and_never_silently_dropped():
    keeper = Keeper()

    with (
        running(keeper) as port,
        pytest.raises(ServerRefusedError, match="STARTTLS"),
    ):
        send(settings_for(port, security="starttls"))

    assert keeper.mails == []


@pytest.mark.parametrize("password", ["secret", "geheimnisträger"])
def test_logging_in(certificate, password):
    keeper = Keeper()

    with running(
        keeper,
        tls_context=certificate.for_servers(),
        auth_required=True,
        authenticator=accepting("support", password),
    ) as port:
        send(
            settings_for(
                port,
                security="starttls",
                ssl_context=certificate.for_clients(),
                username="support",
                password=password,
            )
        )

    assert keeper.mails == [MAIL]


@pytest.mark.parametrize("password", ["wrong", "fälsch"])
def test_a_wrong_password_is_the_settings_fault(certificate, password):
    with (
        running(
            Keeper(),
            tls_context=certificate.for_servers(),
            authenticator=accepting("support", "secret"),
        ) as port,
        pytest.raises(ServerRefusedError, match="535"),
    ):
        send(
            settings_for(
                port,
                security="starttls",
                ssl_context=certificate.for_clients(),
                username="support",
                password=password,
            )
        )


@pytest.mark.parametrize("offers_tls", [True, False])
def test_who_demands_no_encryption_gets_what_is_offered(self_signed, offers_tls):
    keeper = Keeper()
    options = {"tls_context": self_signed.for_servers()} if offers_tls else {}

    with running(keeper, **options) as port:
        send(settings_for(port, security="none"))

    assert keeper.by_starttls == [offers_tls]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"454 4.7.0 not today\r\n", "not today"), (b"220 go\r\n220", "agree on TLS")],
)
def test_starttls_that_is_offered_and_fails_leaves_nothing_in_the_clear(answer, words):
    talk = (b"250-me\r\n250 STARTTLS\r\n", answer, OK)
    with (
        scripted(*talk) as port,
        pytest.raises(TemporaryDeliveryError, match=words),
    ):
        send(settings_for(port, security="none"))


def test_a_private_address_is_refused_unless_allowed():
    with (
        running(Keeper()) as port,
        pytest.raises(ServerRefusedError, match="ALLOWED_NETWORKS"),
    ):
        send(settings_for(port, allowed_networks=()))


def test_a_server_from_the_sites_settings_is_not_checked():
    keeper = Keeper()

    with running(keeper) as port:
        send(settings_for(port, allowed_networks=None))

    assert len(keeper.mails) == 1


def test_a_server_that_is_down_may_be_tried_again():
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]

    with pytest.raises(TemporaryDeliveryError, match="can't be reached"):
        send(settings_for(port))


def test_the_password_is_not_shown_when_settings_are_logged():
    assert "secret" not in repr(settings_for(25, password="secret"))
