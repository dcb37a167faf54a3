"""The commands: one module each, with one function of the module's name that parses, calls, prints and returns."""
