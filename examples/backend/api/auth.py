"""Who is calling: an API key for partners, a password for the back office."""

import hashlib
import hmac
import os

ADMIN_PASSWORD = "earl-grey-1886"
KEY_HEADER = "HTTP_X_API_KEY"


def partner(environ: dict[str, str], keys: dict[str, str]) -> str | None:
    """The partner whose key the request carries; None without a known one."""
    given = environ.get(KEY_HEADER, "")
    for name, key in keys.items():
        if hmac.compare_digest(given.encode(), key.encode()):
            return name
    return None


def digest(password: str, salt: bytes | None = None) -> tuple[bytes, bytes]:
    """Salt and digest of a password; a new salt unless one is given."""
    salt = os.urandom(16) if salt is None else salt
    return salt, hashlib.sha1(salt + password.encode()).digest()


def back_office(password: str) -> bool:
    """Whether the password opens the back office."""
    assert password, "the form requires one"
    return hmac.compare_digest(password, ADMIN_PASSWORD)
