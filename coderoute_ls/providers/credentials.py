"""Where keys come from: the environment, then the operating system's keyring. Never a file, never a log."""

from collections.abc import Callable, Mapping

from coderoute_ls.providers.vendors import Vendor

SERVICE = "coderoute-ls"
"""Name under which the keyring holds our keys; the vendor's id is the user name."""

Keyring = Callable[[str], str | None]
"""The stored key of a vendor by its id."""


def lookup(
    vendors: Mapping[str, Vendor], environ: Mapping[str, str], keyring: Keyring | None = None
) -> Callable[[str], str | None]:
    """The key of a vendor by its id, or None. The environment wins over the keyring, which is asked once per vendor."""
    stored: dict[str, str | None] = {}

    def find(vendor_id: str) -> str | None:
        vendor = vendors.get(vendor_id)
        if vendor is None:
            return None
        for name in vendor.key_env:
            if key := environ.get(name, "").strip():
                return key
        if keyring is None or not vendor.key_env:
            return None
        if vendor_id not in stored:
            stored[vendor_id] = keyring(vendor_id)
        return stored[vendor_id]

    return find


def credentials(vendors: Mapping[str, Vendor], environ: Mapping[str, str], keyring: Keyring | None = None) -> Mapping[str, bool]:
    """Which vendors may be asked as far as keys go: a key is there, or none is needed."""
    find = lookup(vendors, environ, keyring)
    return {
        id_: bool(vendor.base_url or vendor.model_path) and (not vendor.key_env or find(id_) is not None)
        for id_, vendor in vendors.items()
    }


def system_keyring(vendor_id: str) -> str | None:
    """The key that `coderoute-ls keys set` stored; None where there is none, or no keyring to ask."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, vendor_id)
    except KeyringError:
        return None
