"""The search: the bar, what can be dropped into it, the runner, saved searches and the history."""
