"""The command line, and the work around the models: export, verification, prediction."""
