"""LeakageGate: no patient and no picture in two splits, and no picture with two labels."""
