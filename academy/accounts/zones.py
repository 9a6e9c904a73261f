"""Time zones that a person may choose, with names in the reader's language."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from academy import clock
from academy.locale import city_of

DEFAULT = "Europe/Prague"

ZONES = (
    *("Atlantic/Azores", "Atlantic/Canary", "Europe/Lisbon", "Europe/Dublin", "Europe/London"),
    *("Europe/Amsterdam", "Europe/Belgrade", "Europe/Berlin", "Europe/Bratislava", "Europe/Brussels"),
    *("Europe/Budapest", "Europe/Copenhagen", "Europe/Ljubljana", "Europe/Luxembourg", "Europe/Madrid"),
    *("Europe/Malta", "Europe/Oslo", "Europe/Paris", "Europe/Podgorica", "Europe/Prague", "Europe/Rome"),
    *("Europe/Sarajevo", "Europe/Skopje", "Europe/Stockholm", "Europe/Tirane", "Europe/Vaduz"),
    *("Europe/Vienna", "Europe/Warsaw", "Europe/Zagreb", "Europe/Zurich", "Asia/Nicosia"),
    *("Europe/Athens", "Europe/Bucharest", "Europe/Chisinau", "Europe/Helsinki", "Europe/Kaliningrad"),
    *("Europe/Kyiv", "Europe/Riga", "Europe/Sofia", "Europe/Tallinn", "Europe/Vilnius"),
    *("Europe/Istanbul", "Europe/Minsk", "Europe/Moscow", "Asia/Baku", "Asia/Tbilisi", "Asia/Yerevan"),
    *("Europe/Samara", "Asia/Almaty", "Asia/Ashgabat", "Asia/Dushanbe", "Asia/Tashkent"),
    *("Asia/Yekaterinburg", "Asia/Bishkek", "Asia/Omsk", "Asia/Krasnoyarsk", "Asia/Irkutsk"),
    *("Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"),
)


def zone_name(zone: str) -> str:
    """Return the city of a zone and its present offset: Chisinau, UTC+02:00."""
    offset = clock.now().astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{city_of(ZoneInfo(zone))}, UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def choices(*, current: str | None = None) -> list[tuple[str, str]]:
    """Return zones with their names, from west to east; one that a person already has is kept."""
    now = clock.now()
    zones = set(ZONES) | ({current} if current else set())
    offsets = {zone: now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0) for zone in zones}
    named = [(offsets[zone], zone_name(zone), zone) for zone in zones]
    return [(zone, name) for _offset, name, zone in sorted(named)]
