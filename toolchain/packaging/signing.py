"""Ed25519 signatures (RFC 8032) over contents.json, and so, through its digests, over the whole package.

    signature = sign(contents.to_json(), read_private_key(Path("key.pem")))
    is_signed_by(text, signature, read_public_key(Path("key.pub.pem")))

Keys are PEM: PKCS #8 and SubjectPublicKeyInfo, as ``openssl genpkey -algorithm ed25519`` and ``openssl pkey -pubout``
write them. A signature is kept as a line of Base64.
"""

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LARGEST_KEY = 1 << 16
_MAKE = "openssl genpkey -algorithm ed25519 makes a key, and openssl pkey -pubout its public half."


def read_private_key(path: Path) -> "Ed25519PrivateKey":
    """Read the key that signs.

    Raises:
        UserError: it cannot be read, is encrypted, or is not an Ed25519 key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_read(path), password=None)
    except TypeError as error:
        raise UserError(path, "the key is encrypted", "Decrypt it first: openssl pkey -in KEY.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UserError(path, "not a private key in PEM", _MAKE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UserError(path, f"not an Ed25519 key (got {type(key).__name__})", _MAKE)
    return key


def read_public_key(path: Path) -> "Ed25519PublicKey":
    """Read the key that a signature is checked with.

    Raises:
        UserError: it cannot be read, or is not an Ed25519 public key.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UserError(path, "not a public key in PEM", _MAKE) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UserError(path, f"not an Ed25519 key (got {type(key).__name__})", _MAKE)
    return key


def sign(text: bytes, key: "Ed25519PrivateKey") -> bytes:
    """Return the signature of ``text`` as a line of Base64; the same text and key give the same one."""
    return base64.b64encode(key.sign(text)) + b"\n"


def is_signed_by(text: bytes, signature: bytes, key: "Ed25519PublicKey") -> bool:
    """Tell whether ``signature``, a line of Base64, is that of ``text`` by ``key``."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(base64.b64decode(signature.strip(), validate=True), text)
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST_KEY)
    except OSError as error:
        raise UserError(path, f"cannot be read ({error.strerror or error})") from error
