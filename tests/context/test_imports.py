"""Imports become files of the workspace."""

import time
from pathlib import Path

import pytest

from coderoute_ls.context.imported_files import imported
from coderoute_ls.domain import Document
from coderoute_ls.text import split_lines

TREES: dict[str, tuple[str, str, dict[str, str], list[tuple[str, set[str]]]]] = {
    "python, absolute and relative": (
        "python",
        "pkg/sub/main.py",
        {
            "pkg/sub/main.py": "import os\nfrom pkg.core import Engine, run as go\nfrom . import near\nfrom ..far import thing\n",
            "pkg/core.py": "",
            "pkg/sub/near.py": "",
            "pkg/far/__init__.py": "",
        },
        [("pkg/core.py", {"Engine", "run"}), ("pkg/sub/near.py", set()), ("pkg/far/__init__.py", {"thing"})],
    ),
    "typescript, with endings left out": (
        "typescript",
        "src/app.ts",
        {
            "src/app.ts": "import { Store, type Item as Thing } from './store'\nimport * as ui from './ui'\n",
            "src/store.ts": "",
            "src/ui/index.tsx": "",
        },
        [("src/store.ts", {"Store", "Item"}), ("src/ui/index.tsx", set())],
    ),
    "c, by include path": (
        "c",
        "src/main.c",
        {"src/main.c": '#include <stdio.h>\n#include "list.h"\n#include "near.h"\n', "include/list.h": "", "src/near.h": ""},
        [("include/list.h", set()), ("src/near.h", set())],
    ),
    "java, by package": (
        "java",
        "src/main/java/org/x/app/Main.java",
        {
            "src/main/java/org/x/app/Main.java": "package org.x.app;\n\nimport java.util.List;\nimport org.x.model.User;\n",
            "src/main/java/org/x/model/User.java": "",
        },
        [("src/main/java/org/x/model/User.java", set())],
    ),
    "rust, inside the crate": (
        "rust",
        "src/main.rs",
        {"Cargo.toml": "", "src/main.rs": "use std::fmt;\nuse crate::model::{User, Role};\n", "src/model.rs": ""},
        [("src/model.rs", {"User", "Role"})],
    ),
    "go, the package itself and packages of the module": (
        "go",
        "cmd/main.go",
        {
            "go.mod": "module example.org/x\n",
            "cmd/main.go": 'package main\n\nimport (\n\t"fmt"\n\t"example.org/x/store"\n)\n',
            "cmd/flags.go": "",
            "cmd/main_test.go": "",
            "store/store.go": "",
        },
        [("cmd/flags.go", set()), ("store/store.go", set())],
    ),
}


@pytest.mark.parametrize(("language", "main", "files", "expected"), TREES.values(), ids=TREES.keys())
def test_imports_are_found_where_they_lie(
    tmp_path: Path, language: str, main: str, files: dict[str, str], expected: list[tuple[str, set[str]]]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    document = Document((tmp_path / main).as_uri(), language, 1, split_lines(files[main]), str(tmp_path / main))
    found = [(path.relative_to(tmp_path).as_posix(), set(names)) for path, names in imported(document, str(tmp_path))]
    assert found == expected


@pytest.mark.parametrize(
    "text", ["import " + " " * 15_000, "import{" * 2_000, "import " + "from " * 3_000], ids=["blanks", "imports", "from"]
)
def test_no_head_of_a_file_takes_more_than_linear_time(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    assert list(imported(Document((tmp_path / "a.js").as_uri(), "javascript", 1, [text], str(tmp_path / "a.js")), "")) == []
    assert time.process_time() - began < 1.0
