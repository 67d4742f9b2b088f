"""Volery's worlds in the interfaces of other libraries, one file each, imported when used."""
