"""The studio in a browser: who may come in, one application for all tabs, and the page that shows it."""
