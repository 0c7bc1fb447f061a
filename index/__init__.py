"""Files in, searchable passages out. Start at `index.library.Library`."""
