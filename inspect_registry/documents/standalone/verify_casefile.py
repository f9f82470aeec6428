# ruff: noqa: T201 - a program of its own, which talks to whoever runs it
"""Check a case file: every file against manifest.json, every receipt's record against its leaf.

    python verify.py            checks the folder in which this script lies
    python verify.py FILE.zip   checks a case file that is still packed

Only the Python standard library is needed, and no network. Exit code 0: everything is there and unchanged.
What this cannot tell is whether the manifest itself is the one that was exported: compare its SHA-256, which is
printed, with the ledger entry casefile.exported. Each receipt (receipts/N.zip) holds a script that checks its entry
against the published log.
"""

import base64
import functools
import hashlib
import io
import json
import pathlib
import sys
import typing
import zipfile

CHUNK = 1 << 18
Files = dict[str, typing.Callable[[], typing.IO[bytes]]]


def _opened(path: pathlib.Path) -> typing.IO[bytes]:
    return path.open("rb")


def folder_files(folder: pathlib.Path) -> Files:
    """Return how to open each file below a folder."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): functools.partial(_opened, path) for path in paths}


def zip_files(path: pathlib.Path) -> Files:
    """Return how to open each file of a zip."""
    archive = zipfile.ZipFile(path)
    return {name: functools.partial(archive.open, name) for name in archive.namelist()}


def digest_of(opened: typing.IO[bytes]) -> "tuple[int, str]":
    """Return size and SHA-256 of a file."""
    size, found = 0, hashlib.sha256()
    with opened as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            found.update(chunk)
    return size, found.hexdigest()


def receipt_fault(data: bytes) -> str:
    """Say what is wrong with a receipt, or nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        record, salt, leaf = (archive.read(name) for name in ("record.json", "salt", "leaf.json"))
    commitment = base64.b64encode(hashlib.sha256(b"\x02" + salt + record).digest()).decode()
    return "" if commitment in leaf.decode() else "记录与台账叶子不符 (the leaf does not commit to this record)"


def check(files: Files) -> "tuple[list[str], str, int]":
    """Return the faults of a case file, its manifest's SHA-256, and how many files it lists."""
    with files["manifest.json"]() as file:
        raw = file.read()
    manifest = json.loads(raw)
    faults = []
    for entry in manifest["files"]:
        name = entry["name"]
        if name not in files:
            faults.append(name + ": 缺少 (missing)")
        elif digest_of(files[name]()) != (entry["size"], entry["sha256"]):
            faults.append(name + ": 已改变 (changed)")
    known = {entry["name"] for entry in manifest["files"]} | {"manifest.json"}
    faults += [name + ": 不在清单中 (not in the manifest)" for name in files if name not in known]
    faults += [entry["name"] + ": 导出时证据已损坏 (damaged when exported)" for entry in manifest["missing"]]
    for name in sorted(known & set(files)):
        if name.startswith("receipts/") and not any(fault.startswith(name + ":") for fault in faults):
            with files[name]() as file:
                fault = receipt_fault(file.read())
            faults += [name + ": " + fault] if fault else []
    return faults, hashlib.sha256(raw).hexdigest(), len(manifest["files"])


def main(arguments: "list[str]") -> int:
    """Check what is asked for; returns the exit code."""
    place = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent
    try:
        files = folder_files(place) if place.is_dir() else zip_files(place)
        faults, digest, count = check(files)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        print("不能读取案卷 (cannot read the case file):", type(error).__name__, error)
        return 2
    print("manifest.json SHA-256:", digest)
    for fault in faults:
        print(fault)
    print("有问题 (not in order):" if faults else "完整、未改变 (whole and unchanged):", count, "个文件 (files)")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
