"""From a Python function to the IR: its source, and what that source means."""
