"""What is switched off and how: tables, text, images, series."""
