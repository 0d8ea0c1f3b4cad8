"""alerts: what somebody asked to be told of, and whether they were."""

import pyarrow as pa

from schemas.columns import count, identifier, instant, text
from schemas.table import Column, Table

ALERTS = Table(
    name="alerts",
    grain="match of an alert and channel that it goes to",
    doc="What the files of `alerts/` in the warehouse's folder asked for and found. Each match is sent once to each "
    "channel, and tried again with the next run where that was down.",
    columns=(
        identifier("alert_id", "Id over name, match and channel.", "0f9e8d7c6b5a49382716051423324150"),
        text("name", "The alert: its file's name.", "ferries"),
        text("match", "What was found, as JSON: the columns that tell one match from another."),
        text("channel", "Where it goes: the number of the channel in the file, and its kind.", "1 mailto"),
        instant("found_at", "When it was found."),
        Column("status", pa.string(), "What became of it.", "sent", values=("sent", "waiting")),
        count("tries", "How often it was tried to send it.", 1),
        instant("sent_at", "When it was sent.", nullable=True),
        text("message", "Why it could not be sent the last time.", nullable=True),
    ),
    key=("alert_id",),
    derived=False,
)
