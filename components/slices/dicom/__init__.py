"""DICOM files to labelled slices in Hounsfield units."""
