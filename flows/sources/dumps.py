"""Kind `records`: dumps of records in JSON, JSON Lines, CSV, TSV or Parquet; every record is a capture.

Location: a file or a folder. What is what in a record stands in the source's parser hints, such as
`text=content.html`; without them it is guessed. Option `delimiter`: what parts the columns of a CSV.
"""

from __future__ import annotations

from flows.sources.folder import capture

__all__ = ["capture"]
