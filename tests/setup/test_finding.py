"""Which servers an address may have; no test asks the network."""

import threading
import time

import pytest

from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail.web import WebError
from wagtail_ecp.setup.autoconfig import AutoconfigError, Offer, Offers, read
from wagtail_ecp.setup.finding import Lookups, find

ADDRESS = "support@example.com"
AUTOCONFIG = (
    "https://autoconfig.example.com/mail/config-v1.1.xml"
    "?emailaddress=support%40example.com"
)
WELL_KNOWN = "https://example.com/.well-known/autoconfig/mail/config-v1.1.xml"

IMAP = """
<incomingServer type="imap">
  <hostname>imap.provider.example</hostname><port>993</port>
  <socketType>SSL</socketType><username>%EMAILADDRESS%</username>
  <authentication>password-cleartext</authentication>
</incomingServer>"""
SMTP = """
<outgoingServer type="smtp">
  <hostname>SMTP.provider.example</hostname><port>587</port>
  <socketType>STARTTLS</socketType><username>%EMAILLOCALPART%</username>
</outgoingServer>"""


def a_file(*servers):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><clientConfig version="1.1">'
        f'<emailProvider id="example.com">{"".join(servers)}</emailProvider>'
        "</clientConfig>"
    ).encode()


def a_world(*names, files=None):
    """Return look-ups of a world with these hosts and files, and what was asked."""
    asked = []

    def fetch(url, seconds):
        asked.append(url)
        found = (files or {}).get(url, WebError("nothing there"))
        if isinstance(found, Exception):
            raise found
        return found

    return Lookups(resolves=lambda host: host in names, fetch=fetch), asked


def test_the_domains_own_file_names_the_servers():
    lookups, _asked = a_world(files={AUTOCONFIG: a_file(IMAP, SMTP)})

    found = find(ADDRESS, lookups=lookups)

    assert found.incoming == (
        Offer(host="imap.provider.example", port=993, security="tls", username=ADDRESS),
    )
    assert found.outgoing == (
        Offer(
            host="smtp.provider.example",
            port=587,
            security="starttls",
            username="support",
        ),
    )


def test_the_well_known_place_is_the_second_choice():
    second = a_file(IMAP.replace("imap.provider", "other.provider"))
    lookups, _asked = a_world(files={WELL_KNOWN: second})
    assert find(ADDRESS, lookups=lookups).incoming[0].host == "other.provider.example"

    both, _asked = a_world(files={AUTOCONFIG: a_file(IMAP), WELL_KNOWN: second})
    assert find(ADDRESS, lookups=both).incoming[0].host == "imap.provider.example"


def test_nobody_but_the_domain_is_asked():
    lookups, asked = a_world()

    find(ADDRESS, lookups=lookups)

    assert sorted(asked) == sorted([AUTOCONFIG, WELL_KNOWN])


def test_common_names_that_exist_are_offered_where_there_is_no_file():
    lookups, _asked = a_world("imap.example.com", "smtp.example.com")

    found = find(ADDRESS, lookups=lookups)

    assert [(one.host, one.port) for one in found.incoming] == [
        ("imap.example.com", 993)
    ]
    assert [(one.host, one.port) for one in found.outgoing] == [
        ("smtp.example.com", 465)
    ]
    assert found.incoming[0].username == ADDRESS


def test_mail_does_for_both_sides():
    lookups, _asked = a_world("mail.example.com")

    found = find(ADDRESS, lookups=lookups)

    assert found.incoming[0].host == found.outgoing[0].host == "mail.example.com"


def test_nothing_found_is_no_error():
    lookups, _asked = a_world()

    assert find(ADDRESS, lookups=lookups) == Offers()
    assert not Offers()


def test_a_file_that_leads_inside_our_network_is_none():
    lookups, _asked = a_world(
        "imap.example.com", files={AUTOCONFIG: UnsafeAddressError("private")}
    )

    assert find(ADDRESS, lookups=lookups).incoming[0].host == "imap.example.com"


def test_a_file_that_makes_no_sense_is_none():
    lookups, _asked = a_world("imap.example.com", files={AUTOCONFIG: b"<html>"})

    assert find(ADDRESS, lookups=lookups).incoming[0].host == "imap.example.com"


@pytest.mark.parametrize(
    "address", ["me@localhost", "me@[127.0.0.1]", "me@exa mple.com", "nobody", ""]
)
def test_what_is_no_domain_is_not_asked(address):
    lookups, asked = a_world("imap.localhost")

    assert find(address, lookups=lookups) == Offers()
    assert asked == []


def test_a_domain_in_other_letters_is_asked_in_ascii():
    lookups, _asked = a_world("imap.xn--mnchen-3ya.example")

    found = find("post@münchen.example", lookups=lookups)

    assert found.incoming[0].host == "imap.xn--mnchen-3ya.example"


def test_a_look_up_that_never_ends_ends_nothing_else():
    never = threading.Event()
    lookups = Lookups(
        resolves=lambda host: host == "imap.example.com" or never.wait(5),
        fetch=lambda _url, _seconds: b"x" * never.wait(5),
    )
    begun = time.monotonic()

    found = find(ADDRESS, lookups=lookups, seconds=0.2)

    assert time.monotonic() - begun < 2
    assert [one.host for one in found.incoming] == ["imap.example.com"]
    never.set()


@pytest.mark.parametrize(
    "change",
    [
        ("993", "0"),
        ("993", "99999"),
        ("993", "nine"),
        ("imap.provider.example", "imap provider"),
        ("imap.provider.example", "a/../b"),
        ("imap.provider.example", "x" * 300),
        ("imap.provider.example", "127.0.0.1:80/"),
        ("<socketType>SSL", "<socketType>ROT13"),
        ('type="imap"', 'type="pop3"'),
        ("password-cleartext", "OAuth2"),
    ],
)
def test_a_server_that_makes_no_sense_is_left_out(change):
    good = IMAP.replace("imap.provider", "second.provider")

    found = read(a_file(IMAP.replace(*change), good), address=ADDRESS)

    assert [one.host for one in found.incoming] == ["second.provider.example"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<clientConfig>",
        b"<other/>",
        b"<clientConfig/>",
        b"\xff\xfe<\x00",
        b'<!DOCTYPE x [<!ENTITY y "z">]>' + a_file(IMAP)[38:],
        a_file(IMAP).replace(b"UTF-8", b"UTF-16").decode().encode("utf-16"),
    ],
)
def test_what_is_no_plain_xml_is_refused(content):
    with pytest.raises(AutoconfigError):
        read(content, address=ADDRESS)


def test_a_user_name_that_cannot_be_stored_is_left_empty():
    long = IMAP.replace("%EMAILADDRESS%", "%EMAILADDRESS%" * 30)

    (found,) = read(a_file(long), address=ADDRESS).incoming

    assert found.username == ""
