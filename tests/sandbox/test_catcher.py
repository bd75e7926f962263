import smtplib
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import pytest

from sandbox import catcher, certificates, ports

CONTENT = b"From: a@sandbox.test\r\nTo: b@example.org\r\nSubject: Hi\r\n\r\n.one\r\n"


@pytest.fixture
def caught(tmp_path):
    """A running catcher: its port and the directory it fills."""
    port = ports.any_free()
    own = certificates.provide(tmp_path)
    command = [
        *(sys.executable, "-m", "sandbox.catcher", "--port", str(port)),
        *("--directory", str(tmp_path)),
        *("--certificate", str(own.certificate), "--key", str(own.key)),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=Path(__file__).parents[2]
    )
    end = time.monotonic() + 20
    while not ports.answers(port):
        assert time.monotonic() < end, "the catcher does not start"
        time.sleep(0.02)
    yield port, tmp_path
    process.terminate()
    assert process.wait(20) == 0


def test_mail_is_kept_byte_for_byte_below_its_envelope(caught):
    port, directory = caught

    with smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("a@sandbox.test", ["b@example.org", "c@example.org"], CONTENT)

    (file,) = directory.glob("*.eml")
    content = file.read_bytes()
    assert content.endswith(b"\r\n" + CONTENT)
    message = message_from_bytes(content)
    assert message["Return-Path"] == "<a@sandbox.test>"
    assert message["X-Envelope-To"] == "b@example.org, c@example.org"


def test_files_sort_in_order_of_arrival(tmp_path):
    for number in range(1, 4):
        catcher.keep(tmp_path, CONTENT, sender="", recipients=["b"], number=number)

    names = [file.name for file in sorted(tmp_path.iterdir())]
    assert [name[-9:] for name in names] == ["00001.eml", "00002.eml", "00003.eml"]
