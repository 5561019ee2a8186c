"""Presets (*.toml) and the loader that checks them against the schema a room owns; knows no room."""
