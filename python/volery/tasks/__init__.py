"""Tasks in Python, one file each; importing a file registers its task."""
