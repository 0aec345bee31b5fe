"""Derivatives inside programs: `grad`, `vjp` and `jvp` called by what is itself differentiated."""
