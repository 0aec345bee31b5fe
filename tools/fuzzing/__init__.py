"""Random programs, differentiated in every way there is; run them with ``tools/fuzz``."""
