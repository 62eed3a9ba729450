"""What MLflow loads for models of Reeve: their MLmodel names this module as the loader of the python_function flavour.

    mlflow.pyfunc.load_model("models:/loans@champion").predict(frame)
"""
import numpy
import pandas

from .model import Model


def _load_pyfunc(path):
    """Called by mlflow.pyfunc.load_model with the folder of the model."""
    return PyfuncModel(Model(path))


class PyfuncModel:
    """A model with answers as those of the scoring service: a row for each object that `POST /predict/batch` would give."""

    def __init__(self, model):
        self._model = model

    def get_raw_model(self):
        return self._model

    def predict(self, data, params=None):
        """A DataFrame of `prediction` (1 for the positive class, else 0; for more than two classes the class), `probability` and `label` (the class);
        for more than two classes also `probabilities`, a dict of every class.

        Raises ReeveError when a row breaks the contract, naming every bad value: the service answers such a request with 400."""
        model = self._model
        answers = model.predict(data, errors="raise")
        if len(model.classes) == 2:
            positive = (answers["prediction"] == model.classes[1]).astype(numpy.int64)
            return pandas.DataFrame({"prediction": positive, "probability": answers["probability"], "label": answers["prediction"]}, index=answers.index)
        answers["label"] = answers["prediction"]
        answers["probabilities"] = [dict(zip(model.classes, map(float, row))) for row in model.predict_proba(data, errors="ignore")]
        return answers
