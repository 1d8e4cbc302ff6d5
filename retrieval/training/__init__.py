"""Trains what retrieval ships: the static encoder, fusion weights, calibration."""
