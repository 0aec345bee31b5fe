"""The core language: small, typed, in structured single-assignment form."""
