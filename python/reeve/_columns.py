"""Columns of pandas, numpy and plain Python as Arrow columns: numbers in place, texts as a dictionary."""
import datetime
import decimal
import json
import numbers

import numpy
import pandas

from ._arrow import Column

_INTEGERS = {"i1": "c", "u1": "C", "i2": "s", "u2": "S", "i4": "i", "u4": "I", "i8": "l", "u8": "L"}
_NUMBER_TYPES = ("integer", "real", "boolean", "datetime")


def column_of(series, feature_type):
    """The Arrow column of a pandas Series; `feature_type` is the contract's word for what it is read as."""
    dtype = series.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        return _category(series, feature_type)
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return _times(series.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy())
    if isinstance(dtype, numpy.dtype):
        return _array(series.to_numpy(), feature_type)
    if pandas.api.types.is_bool_dtype(dtype) or pandas.api.types.is_numeric_dtype(dtype):
        return _nullable(series)
    return _objects(series.to_numpy(dtype=object, na_value=None), feature_type)


def empty_column(rows):
    return Column("n", rows, [], null_count=rows)


def _bitmap(valid):
    return numpy.packbits(valid, bitorder="little")


def _with_nulls(form, values, missing):
    count = int(missing.sum())
    return Column(form, len(missing), [_bitmap(~missing) if count else None, values], count)


def _array(values, feature_type):
    values = numpy.ascontiguousarray(values)
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    kind = values.dtype.kind
    if kind == "b":
        return Column("b", len(values), [None, _bitmap(values)])
    if kind in "iu":
        return Column(_INTEGERS[values.dtype.str[1:]], len(values), [None, values])
    if kind == "f":
        if values.dtype.itemsize not in (4, 8):
            values = values.astype(numpy.float64)
        return Column("f" if values.dtype.itemsize == 4 else "g", len(values), [None, values])
    if kind == "M":
        return _times(values)
    if kind in "OU":
        return _objects(values.astype(object), feature_type)
    raise TypeError(f"values of type {values.dtype} are not read, expected numbers, booleans, texts or times")


def _times(values):
    unit = numpy.datetime_data(values.dtype)[0]
    if unit not in ("s", "ms", "us", "ns"):
        values, unit = values.astype("datetime64[s]"), "s"
    return _with_nulls({"s": "tss:", "ms": "tsm:", "us": "tsu:", "ns": "tsn:"}[unit], numpy.ascontiguousarray(values).view(numpy.int64), numpy.isnat(values))


def _nullable(series):
    """Int64, Float64, boolean and their like: values and a mask."""
    missing = series.isna().to_numpy()
    if pandas.api.types.is_bool_dtype(series.dtype):
        return _with_nulls("b", _bitmap(series.to_numpy(dtype=bool, na_value=False)), missing)
    if pandas.api.types.is_integer_dtype(series.dtype):
        unsigned = pandas.api.types.is_unsigned_integer_dtype(series.dtype)
        return _with_nulls("L" if unsigned else "l", series.to_numpy(dtype=numpy.uint64 if unsigned else numpy.int64, na_value=0), missing)
    return _with_nulls("g", series.to_numpy(dtype=numpy.float64, na_value=numpy.nan), missing)


def _category(series, feature_type):
    codes = numpy.ascontiguousarray(series.cat.codes.to_numpy())
    column = _with_nulls(_INTEGERS[codes.dtype.str[1:]], codes, codes < 0)
    categories = series.cat.categories
    if pandas.api.types.infer_dtype(categories) == "string":
        column.dictionary = _texts(list(categories))
    else:
        column.dictionary = column_of(categories.to_series(), feature_type)
        if column.dictionary.dictionary is not None:  # Arrow has no dictionary of dictionaries
            column.dictionary = _texts([_text(value) for value in categories])
    return column


def _objects(values, feature_type):
    if pandas.api.types.infer_dtype(values, skipna=True) == "string":
        codes, texts = pandas.factorize(values)  # missing values get -1
        codes = codes.astype(numpy.int32) if len(texts) < 2**31 else codes
        column = _with_nulls(_INTEGERS[codes.dtype.str[1:]], codes, codes < 0)
        column.dictionary = _texts(list(texts))
        return column
    values = [None if _is_missing(value) else value for value in values]
    kinds = {_kind(value) for value in values if value is not None}
    if not kinds:
        return empty_column(len(values))
    missing = numpy.array([value is None for value in values])
    if kinds == {"boolean"}:
        return _with_nulls("b", _bitmap(numpy.array([bool(value) for value in values])), missing)
    # A feature that is a number reads true as 1; where a value is looked up by its text, true and 1 are two.
    if kinds == {"number"} or kinds == {"number", "boolean"} and feature_type in _NUMBER_TYPES:
        return _numbers(values, missing)
    if kinds == {"time"}:
        return _times(numpy.array(pandas.to_datetime(pandas.Series(values), utc=True).dt.tz_localize(None).to_numpy()))
    return _texts([None if value is None else _text(value) for value in values])


def _numbers(values, missing):
    if all(value is None or isinstance(value, numbers.Integral) and -2**63 <= value < 2**63 for value in values):
        return _with_nulls("l", numpy.array([0 if value is None else int(value) for value in values], dtype=numpy.int64), missing)
    return _with_nulls("g", numpy.array([numpy.nan if value is None else float(value) for value in values]), missing)


def _texts(values):
    """Large utf8; None is null."""
    missing = numpy.array([value is None for value in values], dtype=bool)
    # A lone surrogate passes here and is refused by the library, which says where it stands.
    encoded = [b"" if value is None else value.encode("utf-8", "surrogatepass") for value in values]
    offsets = numpy.zeros(len(encoded) + 1, dtype=numpy.int64)
    numpy.cumsum([len(text) for text in encoded], out=offsets[1:])
    count = int(missing.sum())
    return Column("U", len(encoded), [_bitmap(~missing) if count else None, offsets, b"".join(encoded)], count)


def _is_missing(value):
    return value is None or value is pandas.NaT or value is pandas.NA or (isinstance(value, (float, numpy.floating)) and value != value)


def _kind(value):
    if isinstance(value, str):
        return "text"
    if isinstance(value, (bool, numpy.bool_)):
        return "boolean"
    if isinstance(value, numbers.Real) and not isinstance(value, decimal.Decimal):
        return "number"
    if isinstance(value, (datetime.datetime, numpy.datetime64)):
        return "time"
    return "other"


def _text(value):
    """As it would stand in a CSV file that Reeve wrote."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, numpy.bool_)):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real) and not isinstance(value, decimal.Decimal):
        return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict, numpy.ndarray)):
        return json.dumps(value.tolist() if isinstance(value, numpy.ndarray) else value, ensure_ascii=False)
    return str(value)
