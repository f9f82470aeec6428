"""A release with a month of 10,000 results: made from nothing, made again unchanged, made again without one of them.

Prints processor and wall seconds, and the files that were written. The second must write nothing, the third must not
write the pages of records that stayed. Run: `PYTHONPATH=. python benchmarks/public_page/results.py`.
"""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import msgspec

from inspect_registry.publication.build import release_files
from inspect_registry.publication.disclosure import results
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import MonthResults, Snapshot
from tests.publication_builders import a_plan, a_result_row, a_snapshot, many_rows

RECORDS = 10_000
SHOWN_ON = 40
"""Files at most that one record more or less may change."""
SHARES = (("scjg", "SCJG-001"), ("yjgl", "YJGL-001"), ("wjw", "WJW-001"))


def a_month() -> Snapshot:
    """Return what is shown of a month in which two departments came to each of 5,000 places."""
    shown = results(
        a_result_row(
            inspection=f"i{number:025d}",
            visit=f"v{number // 2:025d}",
            day=date(2026, 11, 1 + number % 28),
            enterprise_name=f"上海第{number // 2}号商贸有限公司",
            department=SHARES[number % 3][0],
            matters=[SHARES[number % 3][1]],
        )
        for number in range(RECORDS)
    )
    month = MonthResults(month=date(2026, 11, 1), results=shown, visits=RECORDS // 2, planned=RECORDS // 2)
    return a_snapshot(
        a_plan(many_rows(40)), results=(month,), entries={one.uid: place for place, one in enumerate(shown)}
    )


def without_one(snapshot: Snapshot) -> Snapshot:
    """Return the same with the last record gone; the month's plan is taken as published."""
    month = snapshot.results[0]
    left = msgspec.structs.replace(month, results=month.results[:-1])
    return msgspec.structs.replace(snapshot, plans=(), results=(left,))


def main() -> int:
    """Measure and judge."""
    kit, month = load_kit(), a_month()
    written: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        releases = Releases(Path(folder) / "public")
        steps = (("from nothing", month), ("unchanged", month), ("one record less", without_one(month)))
        for number, (what, snapshot) in enumerate(steps, start=1):
            wall, processor = time.monotonic(), time.process_time()
            staged = releases.stage(number, release_files(kit, snapshot))
            if staged is not None:
                releases.complete(number, staged)
                releases.switch(number)
            written.append(staged.written if staged else 0)
            print(
                f"{what:>16}: {time.process_time() - processor:5.1f} s of processor,"
                f" {time.monotonic() - wall:5.1f} s in all, {written[-1]} files written"
            )
    return 0 if written[1] == 0 and written[2] <= SHOWN_ON else 1


if __name__ == "__main__":
    sys.exit(main())
