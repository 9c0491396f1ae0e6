"""A calendar as an iCalendar file (RFC 5545), the same bytes for the same calendar."""

from datetime import timedelta
from typing import TYPE_CHECKING

from application.calendar_feed import CalendarEntry, CalendarFeed

if TYPE_CHECKING:
    from icalendar import Event

_ZONE = "Europe/Amsterdam"


def ical(feed: CalendarFeed) -> bytes:
    """The file. Deadlines are whole local days; what nobody needs to mind any more stays in it, cancelled.

    A client that subscribes would also forget what is left out; one that read the file once would not.
    """
    from icalendar import Calendar, Timezone  # noqa: PLC0415 - only who asks for a calendar waits for it

    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Contractspoor//calendar//{feed.language.upper()}")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", feed.name)
    calendar.add("x-wr-timezone", _ZONE)
    calendar.add_component(Timezone.from_tzid(_ZONE))
    for entry in feed.entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> "Event":
    from icalendar import Event  # noqa: PLC0415

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.first_day)
    event.add("dtend", entry.last_day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("categories", [entry.category])
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
