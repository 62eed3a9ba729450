#!/usr/bin/env python3
"""tools/check_layers finds what it is there to find: each planted fault is named, a clean tree passes."""
import importlib.machinery
import importlib.util
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
loader = importlib.machinery.SourceFileLoader("check_layers", str(ROOT / "tools/check_layers"))
spec = importlib.util.spec_from_loader("check_layers", loader)
check_layers = importlib.util.module_from_spec(spec)
loader.exec_module(check_layers)

MODULES = {"base": "", "table": "base", "learners": "base table", "cli": "base"}
FAULTS = [
    ("table/a.cc", '#include "reeve/learners/l.h"\n', "table does not list learners"),
    ("table/a.cc", "#include <duckdb.h>\n", "belongs to ingest"),
    ("table/a.h", "#include <nlohmann/json.hpp>\n", "a header includes"),
    ("learners/other.cc", '#include "reeve/learners/xgboost/api.h"\n', "a leaf that only"),
    ("table/utils/x.h", "#pragma once\n", "refuses nothing"),
]


def plant(root, extra=None):
    (root / "src/reeve").mkdir(parents=True)
    (root / "CMakeLists.txt").write_text("".join(f"add_subdirectory(src/reeve/{name})\n" for name in MODULES))
    for name, deps in MODULES.items():
        (root / "src/reeve" / name).mkdir()
        (root / "src/reeve" / name / "CMakeLists.txt").write_text(f"reeve_module(NAME {name} DEPS {deps} SOURCES a.cc)\n")
    if extra:
        path = root / "src/reeve" / extra[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(extra[1])


def found(extra=None, edit=None):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plant(root, extra)
        if edit:
            edit(root)
        return "\n".join(check_layers.check(root))


assert found() == "", found()
for path, text, complaint in FAULTS:
    assert complaint in found((path, text)), (path, text, found((path, text)))
upside_down = lambda root: (root / "src/reeve/base/CMakeLists.txt").write_text("reeve_module(NAME base DEPS table SOURCES a.cc)\n")
assert "stands above it" in found(edit=upside_down)
print(f"check_layers: {len(FAULTS) + 2} faults and a clean tree told apart")
