"""`backup FILE` and `restore FILE`: everything the embedded installation must not lose, in one archive.

The archive is a tar.gz of `database.dump` (pg_dump, custom format) and of the folders beside the database: keys, the
signer's and witnesses' state, evidence, the published site. A restore goes into an empty var/ only. After a restore the
ledger compares the database with the signer before it writes again (docs/operations.md).
"""

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from inspect_registry.cli.installation import database_server, embedded
from inspect_registry.config import Settings, from_environment

_FOLDER_MODE = 0o700
_SKIPPED = {"postgres", "run", "cache"}
"""Folders of var/ that are not copied as files: the database is dumped, sockets and caches are made anew."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the two commands."""
    backup = commands.add_parser("backup", help="write one archive of the embedded database and everything beside it")
    backup.add_argument("file", type=Path, help="archive to write, such as backup-2026-11-22.tar.gz")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="bring an archive back into an empty var/")
    restore.add_argument("file", type=Path, help="archive that `backup` wrote")
    restore.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> int:
    settings = from_environment()
    if embedded(settings) is None:
        return _refuse("backup serves the embedded database; use pg_dump or pgBackRest for a real server")
    if arguments.file.exists():
        return _refuse(f"{arguments.file} exists already; nothing was written")
    with database_server(settings) as server, tempfile.TemporaryDirectory() as scratch:
        if server is None:
            raise AssertionError("checked above")
        # Files before the database: a signer that is older than the log goes on, one that is newer freezes it.
        files = _copy_files(settings.var, Path(scratch) / "var")
        dump = Path(scratch) / "database.dump"
        done = subprocess.run(  # noqa: S603
            [str(server.program("pg_dump")), "--format=custom", "--no-password", f"--file={dump}", server.dsn()],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
        if done.returncode:
            return _refuse(f"pg_dump failed: {done.stderr.strip()}")
        staging = arguments.file.with_name(arguments.file.name + ".partial")
        with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz") as archive:
                archive.add(dump, "database.dump")
                archive.add(settings.var / "postgres" / "secret", "var/postgres/secret")
                for entry in sorted(files.iterdir()):
                    archive.add(entry, f"var/{entry.name}")
            raw.flush()
            os.fsync(raw.fileno())
        staging.rename(arguments.file)
    print(f"wrote {arguments.file} ({arguments.file.stat().st_size:,} bytes); it holds keys: keep it as you keep them")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    settings = from_environment()
    if not arguments.file.is_file():
        return _refuse(f"{arguments.file}: no such file")
    if settings.var.exists() and any(settings.var.iterdir()):
        return _refuse(f"{settings.var} is not empty; move it away first (nothing was changed)")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with tarfile.open(arguments.file, "r:gz") as archive:
                archive.extractall(scratch, filter="data")
            files = sorted((Path(scratch) / "var").iterdir())
        except (tarfile.TarError, OSError, EOFError) as error:
            return _refuse(f"{arguments.file} is no backup of ours: {error} (nothing was changed)")
        settings.var.mkdir(parents=True, exist_ok=True)
        failure = _bring_back(settings, files, Path(scratch) / "database.dump")
    if failure:
        for entry in settings.var.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        return _refuse(f"pg_restore failed, {settings.var} is empty as before: {failure}")
    print(f"restored {arguments.file} into {settings.var}")
    return 0


def _bring_back(settings: Settings, files: list[Path], dump: Path) -> str:
    """Copy the files, then restore the dump in one transaction; return what went wrong, or nothing."""
    for entry in files:
        target = settings.var / entry.name
        shutil.copytree(entry, target) if entry.is_dir() else shutil.copy2(entry, target)
    (settings.var / "postgres" / "secret").chmod(0o600)
    with database_server(settings) as server:
        if server is None:
            return "restore serves the embedded database"
        done = subprocess.run(  # noqa: S603
            [
                str(server.program("pg_restore")), "--clean", "--if-exists", "--exit-on-error", "--no-password",
                "--single-transaction", f"--dbname={server.dsn()}", str(dump),
            ],
            capture_output=True, check=False, text=True,
        )  # fmt: skip
    return done.stderr.strip()[-2000:] if done.returncode else ""


def _copy_files(var: Path, target: Path) -> Path:
    """Copy what lies beside the database; SQLite files by SQLite's own backup, so that none is torn."""
    target.mkdir(mode=_FOLDER_MODE)
    for entry in var.iterdir():
        if entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            shutil.copytree(entry, target / entry.name, symlinks=True, copy_function=_copy_file)
        else:
            _copy_file(str(entry), str(target / entry.name))
    return target


def _copy_file(source: str, target: str) -> str:
    if Path(source).suffix not in (".sqlite", ".db"):
        return str(shutil.copy2(source, target)) if not Path(source).is_socket() else target
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
    return target


def _refuse(message: str) -> int:
    print(f"inspect-registry: {message}", file=sys.stderr)
    return 1
