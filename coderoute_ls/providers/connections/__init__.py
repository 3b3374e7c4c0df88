"""How bytes get to a vendor and back: connections, proxies, certificates, encodings."""
