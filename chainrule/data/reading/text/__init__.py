"""Text files: CSV and JSON lines, their encoding, header, and format of numbers."""
