"""Names and addresses that mean this machine."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether this host is this machine by its own name or address."""
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
