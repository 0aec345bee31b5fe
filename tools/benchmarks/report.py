"""The table: one row a kernel, one column a competitor, and the ratios that matter."""

import math

NOT_THERE = "-"


def seconds_of(result, name):
    """Give the median CPU seconds of a competitor, or None."""
    times = result["competitors"].get(name, {})
    return times["cpu"]["median"] if "cpu" in times else None


def fastest(result, wanted):
    """Give the least median of the competitors whose names ``wanted`` accepts, or None."""
    found = [seconds_of(result, name) for name in result["competitors"] if wanted(name)]
    return min((seconds for seconds in found if seconds is not None), default=None)


def hand(result):
    return fastest(result, lambda name: name.startswith("hand"))


def hand_without_vector_math(result):
    return fastest(result, lambda name: name.startswith("hand") and "libmvec" not in name)


def primal(result):
    return fastest(result, lambda name: name in ("numpy", "numba"))


def srcad(result):
    return seconds_of(result, "srcad numba")


def jax(result):
    return fastest(result, lambda name: name.startswith("jax"))


def first_call(name):
    """Give the first call of the fastest competitor whose name begins so."""

    def of(result):
        found = [
            (seconds_of(result, found), times["first_call"]["cpu"])
            for found, times in result["competitors"].items()
            if found.startswith(name) and "cpu" in times
        ]
        return min(found)[1] if found else None

    return of


def ratio(numerator, denominator):
    def of(result):
        above, below = numerator(result), denominator(result)
        return above / below if above is not None and below is not None else None

    return of


def time_of(name):
    return lambda result: seconds_of(result, name)


def show_time(seconds):
    if seconds is None:
        return NOT_THERE
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds:.0f} s"
    raise AssertionError(seconds)


def show_ratio(value):
    if value is None:
        return NOT_THERE
    return f"{value:.2f}" if value >= 0.1 else f"{value:.1g}"


def show_compile_time(seconds):
    return NOT_THERE if seconds is None else f"{seconds:.2f} s"


COLUMNS = (
    ("NumPy primal", time_of("numpy"), show_time),
    ("Numba primal", time_of("numba"), show_time),
    ("jax", jax, show_time),
    ("autograd", time_of("autograd"), show_time),
    ("hand", hand, show_time),
    ("hand, scalar math", hand_without_vector_math, show_time),
    ("srcad numpy", time_of("srcad numpy"), show_time),
    ("srcad numba", srcad, show_time),
    ("srcad/hand", ratio(srcad, hand), show_ratio),
    ("srcad/hand, scalar", ratio(srcad, hand_without_vector_math), show_ratio),
    ("jax/srcad", ratio(jax, srcad), show_ratio),
    ("jax/hand", ratio(jax, hand), show_ratio),
    ("srcad/primal", ratio(srcad, primal), show_ratio),
    ("compile srcad", first_call("srcad numba"), show_compile_time),
    ("compile jax", first_call("jax"), show_compile_time),
)


def layout(rows, markdown):
    """Lay out rows of texts, the first one being the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        lines.append(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells))
    rules = ["-" * width for width in widths]
    if markdown:
        rules = [rules[0], *(f"{rule[:-1]}:" for rule in rules[1:])]
    lines.insert(1, f"| {' | '.join(rules)} |" if markdown else "  ".join(rules))
    return lines


MEANS = (
    ("srcad/hand", ratio(srcad, hand), max),
    ("jax/srcad", ratio(jax, srcad), min),
    ("srcad/primal", ratio(srcad, primal), max),
    ("jax/hand", ratio(jax, hand), min),
)
FAMILIES = {
    "loop": "loops and stencils",
    "elementwise": "elementwise and reductions",
    "blas": "products of matrices",
}
STYLES = ("slices", "loops")


def geometric_mean(results, measure, worst):
    """Show the geometric mean of a ratio, with the worst one and how many there are."""
    found = {result["kernel"]: measure(result) for result in results}
    found = {kernel: value for kernel, value in found.items() if value is not None}
    if not found:
        return NOT_THERE
    mean = math.exp(sum(math.log(value) for value in found.values()) / len(found))
    where = worst(found, key=found.get)
    return f"{show_ratio(mean)} of {len(found)} (worst {show_ratio(found[where])}, {where})"


def means(results):
    """Give the rows of the geometric means, one for each family and style."""
    rows = [["geometric means", *(heading for heading, _, _ in MEANS)]]
    for family, title in FAMILIES.items():
        for style in STYLES:
            chosen = [r for r in results if (r["family"], r["style"]) == (family, style)]
            if chosen:
                shown = [geometric_mean(chosen, measure, worst) for _, measure, worst in MEANS]
                rows.append([f"{title}, in {style}", *shown])
    rows.append(["all", *(geometric_mean(results, measure, worst) for _, measure, worst in MEANS)])
    return rows


def variants(result):
    """Give one line with the time of every adjoint written by hand, and of jax's versions."""
    times = [
        f"{name.removeprefix('hand ')} {show_time(seconds_of(result, name))}"
        for name in result["competitors"]
        if name.startswith("hand")
    ]
    versions = [name for name in result["competitors"] if name.startswith("jax")]
    if len(versions) > 1:
        times += [f"{name} {show_time(seconds_of(result, name))}" for name in versions]
    size = ", ".join(f"{key} {value}" for key, value in result["size"].items())
    return f"{result['kernel']} ({size}): {', '.join(times) or NOT_THERE}"


def failures(results):
    """Give one line for each reason why a competitor shows no time."""
    kernels = {}
    for result in results:
        for name, times in result["competitors"].items():
            if "failure" in times:
                kernels.setdefault((name, times["failure"]), []).append(result["kernel"])
    return [f"{name} ({', '.join(where)}): {failure}" for (name, failure), where in kernels.items()]


def table(results, markdown=False):
    """Give the whole report as text."""
    rows = [["kernel", *(heading for heading, _, _ in COLUMNS)]]
    rows += [
        [result["kernel"], *(show(measure(result)) for _, measure, show in COLUMNS)]
        for result in results
    ]
    bullet = "* " if markdown else "  "
    lines = layout(rows, markdown)
    lines += ["", *layout(means(results), markdown)]
    lines += ["", "Sizes, and every version of adjoints written by hand and of jax:", ""]
    lines += [bullet + variants(result) for result in results]
    missing = failures(results)
    if missing:
        lines += ["", "Not there:", "", *(bullet + line for line in missing)]
    return "\n".join(lines)
