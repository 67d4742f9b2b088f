"""Other simulators' classes on Volery's engine, for scripts that come from there."""
