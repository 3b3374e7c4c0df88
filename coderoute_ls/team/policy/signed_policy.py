"""A policy on its way to clients: signed (ed25519) by the gateway, believed only whole, in time, and never an older one."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.team.policy.policy import Json, Policy, policy

_SIGNED_AS = b"coderoute-ls policy 1\n"
"""Before what is signed, so that a signature of ours says nothing about other documents."""
_LATEST_S = 1e12
SKEW_S = 30.0
"""By so much two clocks may differ without a policy being of the future."""


class PolicyRefused(ConfigurationError):
    """A policy that is not believed. The message says why."""


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """What a gateway says holds. Times are Unix time, in seconds."""

    policy: Policy
    version: int
    issued: float
    max_age_s: float

    def check_time(self, now: float) -> None:
        """Raises `PolicyRefused` for one of the future, or one that has to be fetched anew."""
        if self.issued > now + SKEW_S:
            raise PolicyRefused(
                f"The policy was signed {self.issued - now:.0f} seconds in the future: a clock is wrong, here or there."
            )
        if now > self.issued + self.max_age_s + SKEW_S:
            raise PolicyRefused(f"The policy is {now - self.issued:.0f} seconds old and holds for {self.max_age_s:.0f}.")


def new_signing_key() -> str:
    """A private key as text, for CODEROUTE_POLICY_KEY."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_key_of(private: str) -> str:
    """What clients are told, as text."""
    return _text(_private(private).public_key())


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _private(text: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error):
        raise ConfigurationError("CODEROUTE_POLICY_KEY is no signing key. `coderoute-ls policy new-key` makes one.") from None


def sign(held: SignedPolicy, private: str) -> Json:
    """The document that `GET /v1/policy` answers. Raises `ConfigurationError` where the key is none."""
    payload = json.dumps(
        {"policy": held.policy.as_json(), "version": held.version, "issued": held.issued, "max_age_s": held.max_age_s},
        sort_keys=True,
    )
    key = _private(private)
    signature = base64.b64encode(key.sign(_SIGNED_AS + payload.encode())).decode()
    return {"payload": payload, "signature": signature, "key": _text(key.public_key())}


def verified(document: object, public: str) -> SignedPolicy:
    """What is in a document, if it was signed with this key; of its times nothing is checked. Raises `PolicyRefused`."""
    told = cast("dict[str, object]", document) if isinstance(document, dict) else {}
    payload, signature = told.get("payload"), told.get("signature")
    if not isinstance(payload, str) or not isinstance(signature, str):
        raise PolicyRefused("What the gateway sent is no signed policy.")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.strip(), validate=True))
    except (ValueError, binascii.Error):
        raise ConfigurationError(
            "The public key of the team's policy is none; `coderoute-ls policy public-key` prints it."
        ) from None
    try:
        key.verify(base64.b64decode(signature, validate=True), _SIGNED_AS + payload.encode("utf-8", "surrogatepass"))
    except (InvalidSignature, ValueError, binascii.Error):
        raise PolicyRefused("The policy's signature is wrong: it was changed on its way, or signed with another key.") from None
    try:
        said = json.loads(payload)
        version, issued, max_age_s = int(said["version"]), float(said["issued"]), float(said["max_age_s"])
        if not (0 <= issued <= _LATEST_S and 0 <= max_age_s <= _LATEST_S):  # a NaN never grows old
            raise ValueError("no time")
        return SignedPolicy(policy(said["policy"]), version, issued, max_age_s)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise PolicyRefused("The policy is signed, but cannot be read by this coderoute-ls: install the newer one.") from error
