"""Every setting: its default, presets, how values are loaded, where a run's files lie."""
