"""Reading: files, databases and data frames become tables and pictures."""
