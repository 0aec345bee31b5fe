"""The programs to differentiate, as their author would type them: plain NumPy.

srcad is given these functions as they stand. Nothing here may be changed to please a tool. A
program in whole arrays and slices has the algorithm's name; ``_loops`` is the same in scalar loops.
"""
