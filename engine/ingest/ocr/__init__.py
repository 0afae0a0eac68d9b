"""Words on pictures and scans."""
