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
    backup = commands.add_parser("backup", help="把内置数据库和旁边的一切写成一个备份文件")
    backup.add_argument("file", type=Path, help="要写的备份文件，如 backup-2026-11-22.tar.gz")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="把备份恢复到空的 var/")
    restore.add_argument("file", type=Path, help="backup 写的备份文件")
    restore.set_defaults(run=_restore)


def _backup(arguments: argparse.Namespace) -> int:
    settings = from_environment()
    if embedded(settings) is None:
        return _refuse("backup 只备份内置数据库；独立的数据库请用 pg_dump 或 pgBackRest")
    if not arguments.file.absolute().parent.is_dir():
        return _refuse(f"没有 {arguments.file.absolute().parent} 这个目录，什么也没有写")
    if arguments.file.exists():
        return _refuse(f"{arguments.file} 已经存在，什么也没有写")
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
            return _refuse(f"pg_dump 失败：{done.stderr.strip()}")
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
    print(f"已写 {arguments.file}（{arguments.file.stat().st_size:,} 字节）；里面有密钥，请像密钥一样保管")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    settings = from_environment()
    if not arguments.file.is_file():
        return _refuse(f"没有 {arguments.file} 这个文件")
    if settings.var.exists() and any(settings.var.iterdir()):
        return _refuse(f"{settings.var} 不是空的，请先移走（什么也没有改）")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with tarfile.open(arguments.file, "r:gz") as archive:
                archive.extractall(scratch, filter="data")
            files = sorted((Path(scratch) / "var").iterdir())
        except (tarfile.TarError, OSError, EOFError) as error:
            return _refuse(f"{arguments.file} 不是 backup 写的备份：{error}（什么也没有改）")
        settings.var.mkdir(parents=True, exist_ok=True)
        failure = _bring_back(settings, files, Path(scratch) / "database.dump")
    if failure:
        for entry in settings.var.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        return _refuse(f"pg_restore 失败，{settings.var} 仍然是空的：{failure}")
    print(f"已把 {arguments.file} 恢复到 {settings.var}")
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
