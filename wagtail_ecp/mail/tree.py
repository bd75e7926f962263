"""The MIME tree (RFC 2045, 2046) of a mail, and its leaves."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesParser
from functools import cached_property
from typing import Any, Final

from wagtail_ecp.mail.decoding import decode_text, decode_transfer
from wagtail_ecp.mail.filenames import clean_filename
from wagtail_ecp.mail.headers import decode_header, parse_parameters
from wagtail_ecp.mail.repair import repair_header_block

MAX_DEPTH: Final = 25  # Each level costs the parser time for every line below it.
_TYPE: Final = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)


class Node(Message):
    """A node of compat32's tree whose parser nobody can lead astray.

    Attached messages stay bytes (so that they are handed out unchanged, and can't
    nest), and what lies below MAX_DEPTH stays one leaf.
    """

    depth = 0

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        return "message/leaf" if self._is_leaf else super().get_content_type()

    def get_content_maintype(self) -> str:
        return "leaf" if self._is_leaf else super().get_content_maintype()

    @property
    def _is_leaf(self) -> bool:
        is_message = super().get_content_type().startswith("message/")
        return is_message or self.depth >= MAX_DEPTH

    def get_boundary(self, failobj: Any = None) -> Any:
        # The standard library's parameter parser takes quadratic time.
        return self.type_and_parameters[1].get("boundary") or failobj

    @cached_property
    def type_and_parameters(self) -> tuple[str, dict[str, str]]:
        """Content-Type as main value and parameters."""
        return parse_parameters(self.raw("Content-Type"))

    @cached_property
    def content_type(self) -> str:
        """The type of this node in lower case, octet-stream if it has none."""
        found = super().get_content_type()
        return found if _TYPE.fullmatch(found) else "application/octet-stream"

    @property
    def body(self) -> bytes:
        """The bytes of a leaf, in their transfer encoding."""
        # Not get_payload(): it decodes 8-bit bodies, and loses bytes by that.
        payload = self._payload  # type: ignore[attr-defined]
        is_leaf = isinstance(payload, str)
        return payload.encode("utf-8", "surrogateescape") if is_leaf else b""

    def raw(self, name: str) -> str:
        """Return the first header ``name`` as it came, 8-bit bytes as surrogates."""
        wanted = name.lower()
        return next((v for k, v in self.raw_items() if k.lower() == wanted), "")


class Part:
    """A leaf: something with a type, perhaps a name, and bytes."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.content_type = node.content_type
        if self.content_type.startswith("multipart/"):
            # No boundary, or none that was found: the text of a broken mail.
            is_text = node.depth < MAX_DEPTH
            self.content_type = "text/plain" if is_text else "application/octet-stream"
        disposition, parameters = parse_parameters(node.raw("Content-Disposition"))
        self.is_attachment = disposition == "attachment"
        self.is_inline = disposition == "inline"
        type_parameters = node.type_and_parameters[1]
        self.name = clean_filename(
            parameters.get("filename") or type_parameters.get("name", "")
        )
        self.charset = type_parameters.get("charset", "")
        self.content_id = decode_header(node.raw("Content-ID")).strip("<> ")

    @cached_property
    def data(self) -> bytes:
        """The decoded bytes."""
        encoding = self._node.raw("Content-Transfer-Encoding")
        return decode_transfer(self._node.body, encoding)

    @cached_property
    def text(self) -> str:
        """The decoded text, its lines separated by newlines alone."""
        text = decode_text(self.data, self.charset)
        return text.replace("\r\n", "\n").replace("\r", "\n")


def read_tree(raw: bytes) -> Node:
    """Parse ``raw`` into its tree of nodes; headers first mended."""
    return _parse(raw)


def read_header_block(raw: bytes) -> list[tuple[str, str]]:
    """Return the headers of ``raw`` as they came, without looking at its body."""
    return list(_parse(raw, headers_only=True).raw_items())


def _parse(raw: bytes, *, headers_only: bool = False) -> Node:
    parser: BytesParser[Node] = BytesParser(Node)  # Its policy is compat32.
    return parser.parsebytes(repair_header_block(raw), headers_only)
