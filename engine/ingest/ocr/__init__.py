"""OCR: words on pictures and scans."""
