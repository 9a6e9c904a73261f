"""What is told about a browser, coarse on purpose: which kind it is, and from which network it came."""

from ipaddress import IPv6Address, ip_address, ip_network

#: Marks in the text that browsers send, the more particular before those that others claim as well.
FAMILIES = (
    ("Edg", "Edge"),
    ("YaBrowser/", "Yandex"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def family(agent: str) -> str:
    """Return browser and system, as in `Firefox, Windows`; empty where the browser does not say."""
    names = (_first(FAMILIES, agent), _first(SYSTEMS, agent))
    return ", ".join(name for name in names if name)


def network(address: str | None) -> str:
    """Return the network of an address as people see it: the first three numbers, or the first half."""
    return _cut(address, bits_4=24, bits_6=48)


def place(address: str | None) -> str:
    """Return what counts as one place: an IPv4 address, or the /64 that an IPv6 customer is given."""
    return _cut(address, bits_4=32, bits_6=64)


def _cut(address: str | None, *, bits_4: int, bits_6: int) -> str:
    try:
        known = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    bits = bits_4 if known.version == 4 else bits_6
    return str(ip_network((known.packed, bits), strict=False))


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in marks if mark in agent), "")
