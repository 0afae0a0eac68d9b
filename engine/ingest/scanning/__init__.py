"""Which files there are: folders walked and watched, drives, formats."""
