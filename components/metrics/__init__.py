"""What a table of scores tells: metrics with intervals, thresholds, calibration; NumPy and SciPy alone."""
