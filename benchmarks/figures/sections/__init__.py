"""The sections of the page: a module for each kind of measurement, which yields lines for what was measured."""
