"""What a table of scores tells: metrics with intervals, thresholds, calibration; pure NumPy."""
