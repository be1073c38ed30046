"""Compares what the readers see with one another, and with what the run says of itself."""

import json
from pathlib import Path

import pyarrow
import pyarrow.ipc

from readers import READERS, Table

# The manifest's words for a column's type, where a reader has another.
_READ_AS = {"fixed-text": "text", "hex-token": "text"}
# Field metadata that data-dictionary.json repeats, and manifest.json but for the description.
_FIELD_KEYS = ("description", "role", "source", "rule")


def compare_run(directory: Path) -> int:
    """Compares every file of a published run with the release's papers and the operator's record. Prints a line a file and a line a difference; returns how many differ."""
    release = directory / "release"
    manifest = json.loads((release / "manifest.json").read_text())
    described = json.loads((release / "data-dictionary.json").read_text())["tables"]
    record = json.loads((directory / "operator" / "receipts.json").read_text())
    rows_of = {output["table"]: output["rows"] for output in record["outputs"]}
    failed = 0
    listed = {output["file"] for output in manifest["outputs"]}
    found = {file.name for file in release.glob("*.arrow")}
    for name in sorted(listed ^ found):
        print(f"{name}: {'in the manifest but not there' if name in listed else 'there but not in the manifest'}")
        failed += 1
    for output in manifest["outputs"]:
        if output["file"] not in found:
            continue
        table = next((one for one in described if one["file"] == output["file"]), None)
        if table is None:
            print(f"{output['file']}: not in the data dictionary")
            failed += 1
            continue
        differences = _compare_file(release / output["file"], manifest, output, table, rows_of[output["table"]])
        for difference in differences:
            print(f"{output['file']}: {difference}")
        if differences:
            failed += 1
        else:
            print(
                f"{output['file']}: {rows_of[output['table']]} rows, {len(output['columns'])} columns: "
                f"{', '.join(READERS)}, manifest and data dictionary agree"
            )
    if not manifest["outputs"]:
        print("the manifest lists no file")
        failed += 1
    return failed


def _compare_file(file: Path, manifest: dict, output: dict, described: dict, rows: int) -> list[str]:
    seen = {reader: read(file) for reader, read in READERS.items()}
    return [
        *_compare_readers(seen, output, rows),
        *_compare_counts(seen["pyarrow"], described),
        *_compare_metadata(file, manifest, output, described),
    ]


def _compare_readers(seen: dict[str, Table], output: dict, rows: int) -> list[str]:
    """Each reader against pyarrow, and pyarrow against the manifest and the operator's record."""
    differences = []
    expected = [(column["name"], _READ_AS.get(column["type"], column["type"])) for column in output["columns"]]
    first = seen["pyarrow"]
    if [(column.name, column.type) for column in first.columns] != expected:
        differences.append("names or types are not the manifest's")
    for reader, table in seen.items():
        if table.rows != rows:
            differences.append(f"{reader} sees {table.rows} rows, the operator's record says {rows}")
        if [column.name for column in table.columns] != [column.name for column in first.columns]:
            differences.append(f"{reader} sees other columns than pyarrow")
            continue
        for column, one in zip(table.columns, first.columns):
            # DuckDB has no dictionary type: to it such a column is text
            type_ = "text" if reader == "DuckDB" and one.type == "dictionary" else one.type
            if column.type != type_:
                differences.append(f"{one.name}: {reader} sees type {column.type}, pyarrow {one.type}")
            if column.nulls != one.nulls:
                differences.append(f"{one.name}: {reader} sees {column.nulls} nulls, pyarrow {one.nulls}")
            if one.values is not None and column.values != one.values:
                differences.append(f"{one.name}: {reader} sees other dictionary values than pyarrow")
            if column.checksum != one.checksum:
                differences.append(f"{one.name}: {reader} has another checksum than pyarrow")
    return differences


def _published(count: int) -> int | None:
    """A count as papers may show it: none up to 7, others to the nearest 5."""
    return None if count <= 7 else (count + 2) // 5 * 5


def _compare_counts(table: Table, described: dict) -> list[str]:
    """Rows and nulls, as they may be published, against the data dictionary."""
    differences = []
    if described["rows"] != _published(table.rows):
        differences.append(f"the data dictionary says {described['rows']} rows of {table.rows}")
    if [column["name"] for column in described["columns"]] != [column.name for column in table.columns]:
        return [*differences, "the data dictionary has other columns"]
    for column, told in zip(table.columns, described["columns"]):
        if _published(column.nulls) != told["nulls"]:
            differences.append(f"{column.name}: {column.nulls} nulls, the data dictionary says {told['nulls']}")
    return differences


def _compare_metadata(file: Path, manifest: dict, output: dict, described: dict) -> list[str]:
    """Schema and field metadata, which of the three readers only pyarrow shows, against both documents."""
    schema = pyarrow.ipc.open_file(pyarrow.memory_map(str(file))).schema
    expected = {
        "tallystick": manifest["tool"]["version"],
        "run": manifest["run"]["id"],
        "run_date": manifest["run"]["date"],
        "agreement": manifest["agreement"],
        "linkage_key_id": manifest["keyIds"]["linkage"],
        "release_key_id": manifest["keyIds"]["release"],
        "rules_version": manifest["rulesVersion"],
    }
    differences = []
    if _texts(schema.metadata) != expected:
        differences.append("schema metadata is not the manifest's")
    for told in described["columns"]:
        metadata = _texts(schema.field(told["name"]).metadata)
        of_manifest = next(column for column in output["columns"] if column["name"] == told["name"])
        for key in _FIELD_KEYS:
            if metadata.get(key) != told[key] or (key in of_manifest and of_manifest[key] != told[key]):
                differences.append(f"{told['name']}: the {key} in file, manifest and data dictionary differ")
        if set(metadata) - {*_FIELD_KEYS, "system"}:
            differences.append(f"{told['name']}: has metadata that nobody knows")
    return differences


def _texts(metadata: dict[bytes, bytes] | None) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}
