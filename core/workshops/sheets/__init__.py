"""The spreadsheets of staff: sessions in and out, the roll of a session, a file for Sofia-FMO."""
