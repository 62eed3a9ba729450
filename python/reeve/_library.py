"""Finds libreeve.so and declares its functions; reeve.h says what they do."""
import contextlib
import ctypes
import ctypes.util
import functools
import os
import shutil
from ctypes import POINTER, c_char_p, c_double, c_int32, c_int64, c_void_p
from pathlib import Path

from ._arrow import ArrowArray, ArrowSchema

ABI_VERSION = 1
FILE = f"libreeve.so.{ABI_VERSION}"
CODES = {1: "invalid_argument", 2: "invalid_data", 3: "not_found", 4: "io", 5: "corrupt", 6: "no_memory", 7: "internal"}


class ReeveError(Exception):
    """What Reeve refuses. `code` is one of "invalid_argument", "invalid_data", "not_found", "io", "corrupt", "no_memory", "internal";
    `issues` is the table of bad values when rows broke the contract, else None."""

    def __init__(self, message, code="invalid_argument", issues=None):
        super().__init__(message)
        self.code = code
        self.issues = issues

    def __reduce__(self):
        return type(self), (str(self), self.code, self.issues)


class Feature(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_char_p), ("required", c_int32), ("category_count", c_int32), ("categories", POINTER(c_char_p)),
                ("minimum", c_double), ("maximum", c_double)]


class Description(ctypes.Structure):
    _fields_ = [("format_version", c_int32), ("class_count", c_int32), ("classes", POINTER(c_char_p)), ("target", c_char_p), ("threshold", c_double),
                ("feature_count", c_int32), ("features", POINTER(POINTER(Feature))), ("contract", c_char_p)]


class Issue(ctypes.Structure):
    _fields_ = [("row", c_int64), ("field", c_int32), ("rule", c_int32), ("is_fatal", c_int32), ("found", c_char_p), ("expected", c_char_p)]


def _candidates():
    """(where, path or None): in the order they are tried."""
    given = os.environ.get("REEVE_LIBRARY")
    yield "$REEVE_LIBRARY", Path(given) if given else None
    yield "lib/ beside the package", Path(__file__).parent / "lib" / FILE
    binary = shutil.which("reeve")
    yield "../lib of the reeve on the PATH", Path(binary).resolve().parent.parent / "lib" / FILE if binary else None


def _open():
    tried = []
    for where, path in _candidates():
        if path is None:
            tried.append(f"{where} (not there)")
        elif path.exists():
            try:
                return ctypes.CDLL(str(path))
            except OSError as error:
                raise ReeveError(f"{path} cannot be loaded: {error}", "io") from None
        elif where == "$REEVE_LIBRARY":
            raise ReeveError(f"$REEVE_LIBRARY names {path}, which is not there", "not_found")
        else:
            tried.append(f"{where} ({path})")
    for name in filter(None, (FILE, ctypes.util.find_library("reeve"))):
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    raise ReeveError(f"{FILE} was not found. Looked in: {'; '.join(tried)}; the system's folders. "
                     "Put the reeve binary of an installed tree on the PATH, or set REEVE_LIBRARY to the file.", "not_found")


def _declare(library):
    pointers = POINTER(c_void_p)
    scores = [c_void_p, c_void_p, pointers, pointers]
    for name, result, arguments in [
            ("reeve_abi_version", c_int32, []),
            ("reeve_version", c_char_p, []),
            ("reeve_error_message", c_char_p, [c_void_p]),
            ("reeve_error_fixes", c_char_p, [c_void_p]),
            ("reeve_error_free", None, [c_void_p]),
            ("reeve_model_open", c_int32, [c_char_p, pointers, pointers]),
            ("reeve_model_free", None, [c_void_p]),
            ("reeve_model_set_threads", c_int32, [c_void_p, c_int32]),
            ("reeve_model_describe", POINTER(Description), [c_void_p]),
            ("reeve_issues_count", c_int64, [c_void_p]),
            ("reeve_issues_get", POINTER(Issue), [c_void_p, c_int64]),
            ("reeve_issues_free", None, [c_void_p]),
            ("reeve_rule_name", c_char_p, [c_int32]),
            ("reeve_score_arrow", c_int32, [c_void_p, POINTER(ArrowSchema), POINTER(ArrowArray), *scores])]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@functools.lru_cache(maxsize=None)
def library():
    """The library, loaded when it is first needed."""
    opened = _open()
    if not hasattr(opened, "reeve_abi_version"):
        raise ReeveError("the library that was found is not Reeve's; set REEVE_LIBRARY to libreeve.so", "io")
    declared = _declare(opened)
    if declared.reeve_abi_version() != ABI_VERSION:
        raise ReeveError(f"libreeve.so has interface {declared.reeve_abi_version()}, this package needs {ABI_VERSION}", "io")
    return declared


def library_version():
    """The version of libreeve.so, "0.1.0"."""
    return library().reeve_version().decode()


def call(function, *arguments):
    """Calls a function that takes a reeve_error** last, and raises what it reports."""
    error = c_void_p()
    code = function(*arguments, ctypes.byref(error))
    if code == 0:
        return
    message = library().reeve_error_message(error).decode("utf-8", "replace")
    fixes = library().reeve_error_fixes(error).decode("utf-8", "replace")
    library().reeve_error_free(error)
    raise ReeveError("\n".join(filter(None, [message or CODES.get(code, "failed"), fixes])), CODES.get(code, "internal"))
