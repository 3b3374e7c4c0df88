"""Which packages the embedded engine is tuned on and which it is reported on, and how two releases of each are fetched and read.

Releases come from the package registries through their ordinary clients (pip, npm, cargo, apt-get source) into a cache folder
outside of the repository. The two sets are kept apart: nothing is ever tuned on a package of ``REPORT``.
"""

import difflib
import os
import random
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CACHE = Path(os.environ.get("CODEROUTE_BENCH_CACHE", Path.home() / ".cache" / "coderoute-bench")) / "sources"
SUFFIXES = frozenset({".py", ".ts", ".tsx", ".go", ".rs", ".java", ".c", ".h", ".cc", ".cpp"})
HUNK = 40
"""Lines typed of one change at most: nobody types a new file of a thousand lines in one go."""
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True, slots=True)
class Package:
    """Two successive releases of one package in one registry (``pip``, ``npm``, ``cargo`` or ``apt``)."""

    name: str
    language: str
    registry: str
    old: str
    new: str


TUNING = (
    Package("click", "python", "pip", "8.1.7", "8.1.8"),
    Package("werkzeug", "python", "pip", "3.0.3", "3.1.3"),
    Package("starlette", "python", "pip", "0.40.0", "0.41.0"),
    Package("jinja2", "python", "pip", "3.1.2", "3.1.4"),
    Package("rxjs", "typescript", "npm", "7.5.7", "7.8.1"),
    Package("lua5.4", "c", "apt", "5.4.4-3+deb12u1", "5.4.7-1"),
    Package("lz4", "c", "apt", "1.9.4-1", "1.10.0-4"),
    Package("golang-github-spf13-cobra", "go", "apt", "1.6.1-1", "1.8.1-1"),
    Package("golang-github-spf13-viper", "go", "apt", "1.10.1-1", "1.12.0-1"),
    Package("guava-libraries", "java", "apt", "31.1-1", "32.0.1-1"),
    Package("serde_json", "rust", "cargo", "1.0.87", "1.0.139"),
)
REPORT = (
    Package("flask", "python", "pip", "3.0.3", "3.1.0"),
    Package("rich", "python", "pip", "13.8.1", "13.9.4"),
    Package("sqlalchemy", "python", "pip", "2.0.35", "2.0.36"),
    Package("zod", "typescript", "npm", "3.25.76", "4.0.5"),
    Package("@trpc/server", "typescript", "npm", "10.38.5", "10.45.2"),
    Package("redis", "c", "apt", "5:7.0.15-1~deb12u7", "5:8.0.2-3+deb13u2"),
    Package("jq", "c", "apt", "1.6-2.1+deb12u2", "1.7.1-6+deb13u3"),
    Package("golang-golang-x-net", "go", "apt", "1:0.7.0+dfsg-1", "1:0.27.0-2"),
    Package("golang-github-rs-zerolog", "go", "apt", "1.26.1-2", "1.29.1-1"),
    Package("tokio", "rust", "cargo", "1.24.2", "1.43.1"),
    Package("clap_builder", "rust", "cargo", "4.3.0", "4.5.23"),
    Package("commons-io", "java", "apt", "2.11.0-2", "2.19.0-1"),
    Package("libcommons-lang3-java", "java", "apt", "3.12.0-2+deb12u1", "3.17.0-1+deb13u1"),
)
"""@trpc/server stands for hono, whose npm package holds no TypeScript sources. The Rust packages come from cargo because Debian's
mirror here lacks one release or the other of every Rust source package that was tried."""

Texts = Mapping[str, list[str]]
"""Path → lines with their endings."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file's edit: in the old file, the lines ``removed`` are replaced by ``added``."""

    path: str
    removed: tuple[int, int]
    added: list[str]
    typed: bool
    """False: applied without typing, because the sample did not take it."""


def releases(package: Package) -> tuple[Texts, Texts]:
    """Both releases' files, fetched on first use. Raises `subprocess.CalledProcessError` where a registry does not have one."""
    return _texts(archive(package, package.old)), _texts(archive(package, package.new))


def changes(package: Package, old: Texts, new: Texts, lines: int, seed: int = 0) -> list[list[Change]]:
    """By file, its edits in order, of which a random sample of about ``lines`` added lines is to be typed."""
    files = [(path, list(_edits(path, old[path], new[path]))) for path in sorted(new) if path in old and old[path] != new[path]]
    every = [edit for _, edits in files for edit in edits if edit.typed]
    random.Random(f"{package.name}/{seed}").shuffle(every)
    chosen: set[int] = set()
    budget = lines
    for edit in every:
        if budget <= 0:
            break
        chosen.add(id(edit))
        budget -= sum(bool(line.strip()) for line in edit.added)
    return [
        [Change(edit.path, edit.removed, edit.added, edit.typed and id(edit) in chosen) for edit in edits]
        for _, edits in files
        if any(id(edit) in chosen for edit in edits)
    ]


def _edits(path: str, old: list[str], new: list[str]) -> Iterator[Change]:
    for tag, first, end, new_first, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        added = new[new_first:new_end]
        if len(added) > HUNK:
            yield Change(path, (first, first), added[:HUNK], True)
            yield Change(path, (first, end), added[HUNK:], False)
        else:
            yield Change(path, (first, end), added, any(line.strip() for line in added))


def _texts(archive: Path) -> Texts:
    texts: dict[str, list[str]] = {}
    with tarfile.open(archive) as bundle:
        for member in bundle:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not member.isfile() or path.suffix not in SUFFIXES or path.name.endswith(".d.ts") or member.size > 1 << 20:
                continue
            stream = bundle.extractfile(member)
            content = stream.read() if stream else b""
            try:
                text = content.decode().replace("\r\n", "\n")
            except UnicodeDecodeError:
                continue
            if len(text) < 250 * (text.count("\n") + 1):
                texts[str(path)] = text.splitlines(keepends=True)
    return texts


def archive(package: Package, version: str) -> Path:
    """One release's source archive, fetched on first use."""
    folder = CACHE / package.registry / package.name / version.replace(":", "_")
    if not any(folder.glob("*")):
        folder.mkdir(parents=True, exist_ok=True)
        _FETCH[package.registry](package.name, version, folder)
    found = [file for file in folder.iterdir() if file.name.endswith((".tar.gz", ".tgz", ".crate")) or ".orig.tar." in file.name]
    return next(file for file in found if not file.name.endswith(".asc"))


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _pip(name: str, version: str, folder: Path) -> None:
    _run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", f"{name}=={version}"], folder)


def _npm(name: str, version: str, folder: Path) -> None:
    _run(["npm", "pack", f"{name}@{version}"], folder)


def _cargo(name: str, version: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        (project / "lib.rs").touch()
        manifest = f'[package]\nname = "scratch"\n[lib]\npath = "lib.rs"\n[dependencies]\n{name} = "={version}"\n'
        (project / "Cargo.toml").write_text(manifest)
        _run(["cargo", "fetch"], project)
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    (crate,) = home.glob(f"registry/cache/*/{name}-{version}.crate")
    (folder / crate.name).write_bytes(crate.read_bytes())


def _mirror() -> str:
    """The archive that this machine's apt is set up with: the first one named."""
    said = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=True)
    return said.stdout.split()[0].rstrip("/")


def _apt(name: str, version: str, folder: Path) -> None:
    """With a configuration of its own, so that the machine's sources stay as they are. Only the upstream archive is needed, so
    that a missing packaging file is no failure."""
    apt = CACHE / "apt"
    config = apt / "apt.conf"
    if not config.exists():
        (apt / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (apt / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        mirror = _mirror()
        suites = "".join(f"deb-src [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in ("bookworm", "trixie"))
        (apt / "sources.list").write_text(suites)
        config.write_text(
            f'Dir::Etc::sourcelist "{apt}/sources.list";\nDir::Etc::sourceparts "/dev/null";\nDir::State::lists "{apt}/lists";\n'
            f'Dir::Cache "{apt}/cache";\nAPT::Sandbox::User "root";\n'
        )
        _run(["apt-get", "-c", str(config), "update"], apt)
    try:
        _run(["apt-get", "-c", str(config), "-q", "source", "--download-only", f"{name}={version}"], folder)
    except subprocess.CalledProcessError:
        if not any(folder.glob("*.orig.tar.*")):
            raise


_FETCH = {"pip": _pip, "npm": _npm, "cargo": _cargo, "apt": _apt}
