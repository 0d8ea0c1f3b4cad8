"""Getting things over HTTP: politely, safely, and with the bytes of both sides kept."""
