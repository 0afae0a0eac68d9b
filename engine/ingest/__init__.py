"""Reads files: scans and watches folders, decodes pictures and documents, runs OCR and the passes."""
