"""The only place that joins reading files to models and store: each module is one pass over the library."""
