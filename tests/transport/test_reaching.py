"""Which hosts the site may be led to, and by which address it goes there."""

import socket
from ipaddress import ip_address

import pytest

from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail import reaching

LOOPBACK = ["127.0.0.0/8", "::1/128"]

NOT_PUBLIC = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound here
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
]


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(UnsafeAddressError) as refusal:
        reaching.check("mail.example", ip_address(address), allowed_networks=())

    assert f"mail.example leads to {ip_address(address)}" in str(refusal.value)
    assert "ALLOWED_NETWORKS" in str(refusal.value)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_a_public_address_is_let_through(address):
    reaching.check("mail.example", ip_address(address), allowed_networks=())


def test_an_allowed_network_covers_the_mapped_form_too():
    mapped = ip_address("::ffff:10.0.0.5")

    reaching.check("mail.example", mapped, allowed_networks=["10.0.0.0/24"])


def test_an_allowed_network_allows_nothing_beside_itself():
    with pytest.raises(UnsafeAddressError):
        reaching.check(
            "mail.example", ip_address("10.0.1.5"), allowed_networks=["10.0.0.0/24"]
        )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f.1", "2130706433"])
def test_no_spelling_of_loopback_gets_through(server, host):
    with pytest.raises(UnsafeAddressError):
        reaching.connect(host, server.getsockname()[1], timeout=1)


def test_an_allowed_host_is_connected_with_its_timeout_set(server):
    port = server.getsockname()[1]

    with reaching.connect(
        "127.0.0.1", port, timeout=5, allowed_networks=LOOPBACK
    ) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)
        assert connection.gettimeout() == 5


def test_a_host_that_the_developer_configured_is_not_checked(server):
    port = server.getsockname()[1]

    reaching.connect("127.0.0.1", port, timeout=5, allowed_networks=None).close()


def test_the_next_address_is_tried_when_one_does_not_answer(server, monkeypatch):
    port = server.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        closed_port = closed.getsockname()[1]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *args, **kwargs: [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", closed_port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", closed_port)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ],
    )

    with reaching.connect(
        "mail.example", port, timeout=5, allowed_networks=LOOPBACK
    ) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)


def test_one_private_address_among_public_ones_refuses_the_host(monkeypatch):
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *args, **kwargs: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 25)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 25)),
        ],
    )

    with pytest.raises(UnsafeAddressError):
        reaching.connect("mail.example", 25, timeout=1)


def test_the_name_is_resolved_once(server, monkeypatch):
    asked = []
    answer = ("127.0.0.1", server.getsockname()[1])

    def getaddrinfo(host, port, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", answer)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    reaching.connect(
        "mail.example", answer[1], timeout=5, allowed_networks=LOOPBACK
    ).close()

    assert asked == ["mail.example"]


def test_a_host_that_refuses_is_an_ordinary_network_error():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        reaching.connect("127.0.0.1", port, timeout=1, allowed_networks=LOOPBACK)


@pytest.mark.parametrize("host", ["..", "a" * 64 + ".example"])
def test_what_is_no_host_name_is_an_ordinary_network_error(host):
    with pytest.raises(socket.gaierror):
        reaching.connect(host, 25, timeout=1)
