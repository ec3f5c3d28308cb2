"""Time for display and for cut-off rules; everything stored is UTC."""

from datetime import datetime, timedelta, timezone

CUT_OFF_HOUR = 12


def now() -> datetime:
    """The present moment."""
    return datetime.utcnow()


def ships_on(ordered: datetime) -> datetime:
    """The day an order leaves: the same day before noon, else the next one, never on a Sunday."""
    day = ordered if ordered.hour < CUT_OFF_HOUR else ordered + timedelta(days=1)
    # FIXME: public holidays are treated as working days
    if day.weekday() == 6:
        day = day + timedelta(days=1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def parse(text: str) -> datetime:
    """ISO 8601; a text without an offset is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except:
        raise ValueError(f"not a time: {text!r}")
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
