"""ADBench's table: one row an input and style, with the ratios that compare across languages."""

from benchmarks.report import NOT_THERE, layout, show_ratio, show_time

# Jacobian / objective of the suite's own C++ modules on the same files, both compiled by g++ -O3
# -march=native: written by hand ("manual"), and by Tapenade.
NATIVE = {
    ("gmm", "1k/gmm_d10_K10"): (1.79, 2.41),
    ("gmm", "1k/gmm_d10_K25"): (1.87, 2.56),
    ("ba", "ba1_n49_m7776_p31843"): (6.63, 13.7),
    ("lstm", "lstm_l2_c1024"): (4.82, 3.93),
    ("lstm", "lstm_l4_c1024"): (7.92, 3.81),
    ("hand", "hand1_t26_c100"): (3.88, 76.0),
    ("hand", "hand2_t26_c192"): (3.81, 63.7),
    ("hand_complicated", "hand1_t26_c100"): (3.80, None),
    ("hand_complicated", "hand2_t26_c192"): (4.19, None),
}

HEADINGS = (
    "ADBench",
    "style",
    "NumPy primal",
    "Numba primal",
    "srcad numpy",
    "srcad numba",
    "srcad/NumPy primal",
    "srcad/Numba primal",
    "C++ manual",
    "Tapenade",
    "compile",
)


def styles(candidates):
    """Give the styles of a result in their order."""
    return list(dict.fromkeys(name.split(",")[0] for name in candidates if "," in name))


def row(result, style):
    candidates = result["candidates"]

    def seconds(name):
        times = candidates.get(name, {})
        return times["cpu"]["median"] if "cpu" in times else None

    def ratio(name):
        both = best is not None and seconds(name) is not None
        return show_ratio(best / seconds(name) if both else None)

    engines = [seconds(f"{style}, {engine}") for engine in ("numpy", "numba")]
    best = min((time for time in engines if time is not None), default=None)
    manual, tapenade = NATIVE.get((result["problem"], result["size"]), (None, None))
    compiling = candidates.get(f"{style}, numba", {}).get("compile")
    return [
        f"{result['problem']} {result['size']}",
        style,
        *(show_time(seconds(name)) for name in ("numpy", "numba")),
        *(show_time(time) for time in engines),
        ratio("numpy"),
        ratio("numba"),
        show_ratio(manual),
        show_ratio(tapenade),
        NOT_THERE if compiling is None else f"{compiling:.1f} s",
    ]


def table(results, markdown=False):
    """Give the table of these results as text."""
    rows = [list(HEADINGS)]
    rows += [row(result, style) for result in results for style in styles(result["candidates"])]
    missing = [
        f"{result['problem']} {result['size']} ({name}): {times['failure']}"
        for result in results
        for name, times in result["candidates"].items()
        if "failure" in times
    ]
    bullet = "* " if markdown else "  "
    lines = layout(rows, markdown)
    if missing:
        lines += ["", "Not there:", "", *(bullet + line for line in missing)]
    return "\n".join(lines)
