"""Weights of the calibration's curves (data, written by ``benchmarks/embedded_fit.py`` from the tuning set)."""

TOKEN = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
DRAFT = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
