"""From programs of the core language to source that a person reads."""
