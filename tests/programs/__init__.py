"""A corpus of small programs: plain NumPy and Python, each with arguments to try it on.

Every module holds `PROGRAMS`, a list of `(function, arguments)`.  A function may stand there
several times, with other arguments.  Nothing in these modules knows about srcad.
"""
