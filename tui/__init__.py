"""The Textual application and the command line: two listeners to the same rooms."""
