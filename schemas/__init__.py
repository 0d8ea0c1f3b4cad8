"""What the tables mean: every column, key and check, defined once.

Everything else follows from here: the Arrow schemas that the stages emit, the comments in the
DuckDB catalogue, DICTIONARY.md and the checks that `dibao audit` runs.
"""

from schemas.table import Check, Column, Table
from schemas.tables import SHOWN, TABLES, layout, table

__all__ = ["SHOWN", "TABLES", "Check", "Column", "Table", "layout", "table"]
