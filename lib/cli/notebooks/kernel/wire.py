"""Jupyter's messages on the wire: signed parts over ZeroMQ.

See https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol.
"""

import hashlib
import hmac
import json
import uuid
from datetime import datetime, timezone

DELIMITER = b"<IDS|MSG>"


class Message:
    """One message: whom it goes to, its four signed parts, and buffers."""

    def __init__(self, identities, header, parent, metadata, content, buffers=()):
        self.identities = list(identities)
        self.header = header
        self.parent = parent
        self.metadata = metadata
        self.content = content
        self.buffers = list(buffers)

    @property
    def type(self):
        return self.header.get("msg_type")

    @property
    def id(self):
        return self.header.get("msg_id")

    @property
    def parent_id(self):
        return self.parent.get("msg_id")

    def with_content(self, content):
        """The same message with another content."""
        return Message(
            self.identities, self.header, self.parent, self.metadata, content, self.buffers
        )


class Wire:
    """Reads and writes messages that are signed with the key of a connection file."""

    def __init__(self, key, scheme="hmac-sha256"):
        self._key = key.encode()
        self._digest = getattr(hashlib, scheme.removeprefix("hmac-"))
        self.session = str(uuid.uuid4())

    def _sign(self, parts):
        if not self._key:
            return b""
        signature = hmac.new(self._key, digestmod=self._digest)
        for part in parts:
            signature.update(part)
        return signature.hexdigest().encode()

    def read(self, frames):
        """The message in these frames; None where nobody with the key has written it."""
        try:
            at = frames.index(DELIMITER)
            signature, *parts = frames[at + 1 : at + 6]
            if not hmac.compare_digest(signature, self._sign(parts)):
                return None
            header, parent, metadata, content = (json.loads(part) for part in parts)
        except (ValueError, TypeError):
            return None
        return Message(frames[:at], header, parent, metadata, content, frames[at + 6 :])

    def write(self, message):
        """The frames of a message."""
        parts = [
            json.dumps(part, ensure_ascii=False).encode("utf-8", "surrogatepass")
            for part in (message.header, message.parent, message.metadata, message.content)
        ]
        return [*message.identities, DELIMITER, self._sign(parts), *parts, *message.buffers]

    def new(self, kind, content, parent=None, identities=()):
        """A message of our own, in answer to the header of another one."""
        header = {
            "msg_id": str(uuid.uuid4()),
            "session": self.session,
            "username": "kernel",
            "date": datetime.now(timezone.utc).isoformat(),
            "msg_type": kind,
            "version": "5.3",
        }
        return Message(identities, header, parent or {}, {}, content)
