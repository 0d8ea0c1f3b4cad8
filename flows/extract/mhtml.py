"""Web pages saved as MIME; see `flows.extract.mail`."""

from __future__ import annotations

from flows.extract.mail import read_page as read

__all__ = ["read"]
