"""What each of three readers sees in an Arrow file, in words that can be compared.

pyarrow and polars each parse the file with code of their own (C++ and Rust). DuckDB has no reader of Arrow files inside, so it gets
pyarrow's batches over Arrow's C interface, and everything else about them is its own: types, nulls, dictionaries, values.
"""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

import duckdb
import polars
import pyarrow
import pyarrow.ipc


@dataclass(frozen=True)
class Column:
    """One column. A dictionary's values are those that rows have, sorted; a checksum is over all cells in their order."""

    name: str
    type: str
    nulls: int
    values: tuple[str, ...] | None
    checksum: str


@dataclass(frozen=True)
class Table:
    rows: int
    columns: tuple[Column, ...]


def read_with_pyarrow(file: Path) -> Table:
    table = pyarrow.ipc.open_file(pyarrow.memory_map(str(file))).read_all()
    table.validate(full=True)
    columns = []
    for field, column in zip(table.schema, table.columns):
        values = None
        if pyarrow.types.is_dictionary(field.type):
            values = tuple(sorted({value for chunk in column.chunks for value in chunk.dictionary.to_pylist()}))
        columns.append(
            Column(field.name, _pyarrow_type(field.type), column.null_count, values, _checksum(column.to_pylist()))
        )
    return Table(table.num_rows, tuple(columns))


def read_with_polars(file: Path) -> Table:
    frame = polars.read_ipc(file, use_pyarrow=False)
    columns = []
    for series in frame:
        name = str(series.dtype.base_type())
        type_name = _POLARS_TYPES.get(name, name)
        values = tuple(sorted(series.drop_nulls().unique().cast(polars.String))) if type_name == "dictionary" else None
        columns.append(Column(series.name, type_name, series.null_count(), values, _checksum(series.to_list())))
    return Table(frame.height, tuple(columns))


def read_with_duckdb(file: Path) -> Table:
    """DuckDB sees a dictionary column as plain text, so it has values for every text column; the comparison takes the ones it needs."""
    connection = duckdb.connect()
    batches = pyarrow.ipc.open_file(pyarrow.memory_map(str(file))).read_all()
    connection.register("file", batches)
    (rows,) = connection.execute("SELECT count(*) FROM file").fetchone()
    columns = []
    for name, type_name, *_ in connection.execute("DESCRIBE file").fetchall():
        quoted = '"' + name.replace('"', '""') + '"'
        (nulls,) = connection.execute(f"SELECT count(*) - count({quoted}) FROM file").fetchone()
        cells = [cell for (cell,) in connection.execute(f"SELECT {quoted} FROM file").fetchall()]
        distinct = f"SELECT DISTINCT {quoted}::VARCHAR FROM file WHERE {quoted} IS NOT NULL"
        values = tuple(sorted(value for (value,) in connection.execute(distinct).fetchall()))
        known = "text" if type_name.startswith("ENUM") else _DUCKDB_TYPES.get(type_name, type_name)
        columns.append(Column(name, known, nulls, values, _checksum(cells)))
    return Table(rows, tuple(columns))


READERS = {"pyarrow": read_with_pyarrow, "polars": read_with_polars, "DuckDB": read_with_duckdb}


def _pyarrow_type(type_: pyarrow.DataType) -> str:
    if pyarrow.types.is_dictionary(type_):
        return "dictionary"
    known = {"double": "float64", "date32[day]": "date32", "timestamp[us]": "timestamp-us", "string": "text"}
    return known.get(str(type_), str(type_))


_POLARS_TYPES = {
    "Int8": "int8",
    "Int16": "int16",
    "Int32": "int32",
    "Int64": "int64",
    "Float64": "float64",
    "Boolean": "bool",
    "Date": "date32",
    "Datetime": "timestamp-us",
    "String": "text",
    "Categorical": "dictionary",
    "Enum": "dictionary",
}

_DUCKDB_TYPES = {
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "DOUBLE": "float64",
    "BOOLEAN": "bool",
    "DATE": "date32",
    "TIMESTAMP": "timestamp-us",
    "VARCHAR": "text",
}


def _checksum(cells: Iterable[object]) -> str:
    """SHA-256 over the cells in their order, each in one unambiguous way of writing."""
    digest = hashlib.sha256()
    for cell in cells:
        digest.update((_written(cell) + "\n").encode())
    return digest.hexdigest()


def _written(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, (datetime.date, datetime.datetime)):
        return cell.isoformat()
    return repr(cell)
