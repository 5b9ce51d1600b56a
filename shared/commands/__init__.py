"""The uniform commands, one module for each thing an operator wants."""
