"""The structs of the Arrow C data interface and the ways data come as them: from others' capsules, from our own columns."""
import ctypes
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_int64, c_void_p


class ArrowSchema(ctypes.Structure):
    pass


class ArrowArray(ctypes.Structure):
    pass


class ArrowArrayStream(ctypes.Structure):
    pass


_RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, POINTER(ArrowSchema))
_RELEASE_ARRAY = ctypes.CFUNCTYPE(None, POINTER(ArrowArray))
ArrowSchema._fields_ = [("format", c_char_p), ("name", c_char_p), ("metadata", c_void_p), ("flags", c_int64), ("n_children", c_int64),
                        ("children", POINTER(POINTER(ArrowSchema))), ("dictionary", POINTER(ArrowSchema)), ("release", _RELEASE_SCHEMA),
                        ("private_data", c_void_p)]
ArrowArray._fields_ = [("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64), ("n_children", c_int64),
                       ("buffers", POINTER(c_void_p)), ("children", POINTER(POINTER(ArrowArray))), ("dictionary", POINTER(ArrowArray)),
                       ("release", _RELEASE_ARRAY), ("private_data", c_void_p)]
ArrowArrayStream._fields_ = [("get_schema", ctypes.CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowSchema))),
                             ("get_next", ctypes.CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowArray))),
                             ("get_last_error", ctypes.CFUNCTYPE(c_char_p, POINTER(ArrowArrayStream))),
                             ("release", ctypes.CFUNCTYPE(None, POINTER(ArrowArrayStream))), ("private_data", c_void_p)]

_capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype, _capsule_pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]


def _at(struct, capsule, name):
    return struct.from_address(_capsule_pointer(capsule, name))


@contextmanager
def _released(struct):
    try:
        yield struct
    finally:
        if struct.release:
            struct.release(ctypes.byref(struct))


def batches_of(data):
    """(schema, array) for each batch of an object that speaks Arrow's PyCapsule protocol, valid until the next is asked for. Nothing is copied."""
    if hasattr(data, "__arrow_c_array__"):
        schema, array = data.__arrow_c_array__()  # what they point at lives as long as they do
        yield _at(ArrowSchema, schema, b"arrow_schema"), _at(ArrowArray, array, b"arrow_array")
        return
    capsule = data.__arrow_c_stream__()
    stream = _at(ArrowArrayStream, capsule, b"arrow_array_stream")

    def check(code):
        if code != 0:
            text = stream.get_last_error(ctypes.byref(stream))
            raise OSError(code, (text or b"the Arrow stream failed").decode("utf-8", "replace"))

    with _released(ArrowSchema()) as schema:
        check(stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
        while True:
            with _released(ArrowArray()) as array:
                check(stream.get_next(ctypes.byref(stream), ctypes.byref(array)))
                if not array.release:
                    return
                yield schema, array


# What is made here belongs to Python: nothing is left for a release to do, but it must not be null, which means "released".
@_RELEASE_SCHEMA
def _keep_schema(_):
    pass


@_RELEASE_ARRAY
def _keep_array(_):
    pass


class Column:
    """One Arrow column over buffers that numpy or bytes own. `buffers` holds arrays, bytes or None, the bitmap first."""

    def __init__(self, form, length, buffers, null_count=0, dictionary=None):
        self.form, self.length, self.buffers, self.null_count, self.dictionary = form, length, buffers, null_count, dictionary


def _address(buffer):
    if buffer is None:
        return None
    if isinstance(buffer, bytes):
        return ctypes.cast(c_char_p(buffer), c_void_p).value
    return buffer.ctypes.data


def _structs_of(name, column, keep):
    schema, array = ArrowSchema(), ArrowArray()
    schema.format, schema.name, schema.flags, schema.release = column.form.encode(), name.encode("utf-8", "surrogatepass"), 2, _keep_schema
    addresses = (c_void_p * max(1, len(column.buffers)))(*map(_address, column.buffers))
    array.length, array.null_count, array.n_buffers, array.release = column.length, column.null_count, len(column.buffers), _keep_array
    array.buffers = ctypes.cast(addresses, POINTER(c_void_p))
    if column.dictionary is not None:
        inner_schema, inner_array = _structs_of("", column.dictionary, keep)
        schema.dictionary, array.dictionary = ctypes.pointer(inner_schema), ctypes.pointer(inner_array)
    keep += [column, addresses, schema, array]
    return schema, array


def struct_of(columns, rows, keep):
    """(schema, array) of {name: Column}. Everything they point at is added to `keep`, which has to live as long."""
    schema, array = ArrowSchema(), ArrowArray()
    children = [_structs_of(name, column, keep) for name, column in columns]
    schemas = (POINTER(ArrowSchema) * max(1, len(children)))(*[ctypes.pointer(s) for s, _ in children])
    arrays = (POINTER(ArrowArray) * max(1, len(children)))(*[ctypes.pointer(a) for _, a in children])
    no_bitmap = (c_void_p * 1)(None)
    schema.format, schema.name, schema.n_children, schema.release = b"+s", b"", len(children), _keep_schema
    schema.children = ctypes.cast(schemas, POINTER(POINTER(ArrowSchema)))
    array.length, array.n_buffers, array.n_children, array.release = rows, 1, len(children), _keep_array
    array.buffers, array.children = ctypes.cast(no_bitmap, POINTER(c_void_p)), ctypes.cast(arrays, POINTER(POINTER(ArrowArray)))
    keep += [schemas, arrays, no_bitmap]
    return schema, array
