"""Scores rows with models of Reeve, in this process, with the very numbers of `reeve predict`.

    import reeve
    model = reeve.load("models:/loans@champion")
    model.predict(frame)          # a DataFrame: prediction, probability
    model.predict_proba(frame)    # an array [rows, classes]
"""
from ._library import ReeveError, library_version
from .model import Feature, Model, Scores, load

__all__ = ["Feature", "Model", "ReeveError", "Scores", "library_version", "load"]
__version__ = "0.1.0"
