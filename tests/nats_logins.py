"""Accounts of NATS as its own tools make them: signed by an operator, with JWTs."""

import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import nkeys

_LIMITS = {
    **dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn"), -1),
    **dict.fromkeys(("leaf", "mem_storage", "disk_storage", "streams"), -1),
    "consumer": -1,
    "wildcards": True,
}


class Key:
    """A key of an operator, an account or a user."""

    def __init__(self, kind: int) -> None:
        self.seed = nkeys.encode_seed(os.urandom(32), kind)
        self._pair = nkeys.from_seed(bytearray(self.seed))

    @property
    def public(self) -> str:
        return self._pair.public_key.decode()

    def says(self, of: "Key", kind: str, **claims: Any) -> str:
        """Sign a JWT of another key."""
        nats = {"type": kind, "version": 2, **claims}
        said = {"jti": "x", "iat": 1700000000, "iss": self.public}
        body = said | {"name": kind, "sub": of.public, "nats": nats}
        text = ".".join(
            _encoded(json.dumps(each).encode())
            for each in ({"typ": "JWT", "alg": "ed25519-nkey"}, body)
        )
        return f"{text}.{_encoded(self._pair.sign(text.encode()))}"


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class Operator:
    """Trusted by a server; has an account with JetStream, and one of the system."""

    def __init__(self) -> None:
        self._own = Key(nkeys.PREFIX_BYTE_OPERATOR)
        self._account = Key(nkeys.PREFIX_BYTE_ACCOUNT)
        self._system = Key(nkeys.PREFIX_BYTE_ACCOUNT)

    @property
    def settings(self) -> str:
        """What a server is told."""
        account = self._own.says(self._account, "account", limits=_LIMITS)
        system = self._own.says(self._system, "account")
        return (
            f"operator: {self._own.says(self._own, 'operator')}\n"
            f"system_account: {self._system.public}\n"
            "resolver: MEMORY\n"
            "resolver_preload: {\n"
            f"  {self._account.public}: {account}\n"
            f"  {self._system.public}: {system}\n}}\n"
        )

    def write_login(self, file: Path) -> Path:
        """Write the credentials of a new user of the account."""
        user = Key(nkeys.PREFIX_BYTE_USER)
        jwt = self._account.says(user, "user", subs=-1, data=-1, payload=-1)
        file.write_text(
            f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
            "-----BEGIN USER NKEY SEED-----\n"
            f"{user.seed.decode()}\n------END USER NKEY SEED------\n"
        )
        return file
