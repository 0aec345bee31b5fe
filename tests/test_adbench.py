"""ADBench's objectives: both styles, Jacobians against differences, and the suite's files."""

import functools

import numpy as np
import pytest
from benchmarks.adbench import checks, report
from benchmarks.adbench.problems import PROBLEMS
from benchmarks.adbench.programs import ba, gmm, hand

import srcad

each_style = pytest.mark.parametrize(
    ("name", "style"), [(name, style) for name, p in PROBLEMS.items() for style in p.jacobians]
)


def check_jacobian(name, style, engine):
    problem = PROBLEMS[name]
    given = problem.small_input()
    differentiable = functools.partial(srcad.differentiable, engine=engine)
    found = problem.jacobians[style](differentiable)(given)
    expected = checks.differences(problem.primal, given, problem.varied)
    checks.check(checks.dense(found, given), expected, checks.TOLERANCE)


@each_style
def test_jacobians_at_the_array_level(name, style):
    check_jacobian(name, style, "numpy")


@pytest.mark.slow
@each_style
def test_jacobians_at_the_loop_level(name, style):
    check_jacobian(name, style, "numba")


def test_a_wrong_jacobian_is_found():
    right = np.eye(3)
    checks.check(right + 1e-12, right, checks.TOLERANCE)
    with pytest.raises(checks.WrongJacobianError, match=r"off by 1\.0e-03"):
        checks.check(right + 1e-3, right, checks.TOLERANCE)
    with pytest.raises(checks.WrongJacobianError, match="shape"):
        checks.check(right[:2], right, checks.TOLERANCE)
    with pytest.raises(checks.WrongJacobianError):
        checks.check(np.full((3, 3), np.nan), right, checks.TOLERANCE)


def test_the_table_has_ratios_of_the_faster_engine_and_reasons():
    def seconds(median):
        return {"cpu": {"median": median}}

    result = {
        "problem": "gmm",
        "size": "1k/gmm_d10_K10",
        "candidates": {
            "numpy": seconds(2e-3),
            "numba": seconds(1e-3),
            "arrays, numpy": seconds(6e-3),
            "arrays, numba": seconds(3e-3) | {"compile": 4.0},
            "loops, numba": {"failure": "OSError: no reason"},
        },
    }
    heading, _, arrays, loops, *rest = report.table([result], markdown=True).splitlines()
    cells = dict(zip(heading.split("|"), arrays.split("|"), strict=True))
    found = {name.strip(): cell.strip() for name, cell in cells.items()}
    assert found["srcad/NumPy primal"] == "1.50"
    assert found["srcad/Numba primal"] == "3.00"
    assert found["C++ manual"] == "1.79"
    assert found["compile"] == "4.0 s"
    assert "1.50" not in loops
    assert rest[-1] == "* gmm 1k/gmm_d10_K10 (loops, numba): OSError: no reason"


@pytest.mark.parametrize("name", PROBLEMS)
def test_loops_compute_what_arrays_do(name):
    problem = PROBLEMS[name]
    given = problem.small_input()
    np.testing.assert_allclose(problem.numba_primal(given), problem.primal(given), rtol=1e-12)


def test_the_mixture_is_what_scipy_says():
    """One component with a prior of no weight: a Gaussian, whose density scipy knows."""
    stats = pytest.importorskip("scipy.stats")
    given = PROBLEMS["gmm"].make(np.random.default_rng(1), 3, 1, 7)
    q = np.array(
        [
            [np.exp(given.icf[0, 0]), 0.0, 0.0],
            [given.icf[0, 3], np.exp(given.icf[0, 1]), 0.0],
            [given.icf[0, 4], given.icf[0, 5], np.exp(given.icf[0, 2])],
        ]
    )
    density = stats.multivariate_normal(given.means[0], np.linalg.inv(q.T @ q))
    with_points = gmm.gmm(*given)
    without_points = gmm.gmm(*given._replace(x=given.x[:0]))
    np.testing.assert_allclose(with_points - without_points, np.sum(density.logpdf(given.x)))


def test_a_camera_that_does_not_turn_projects_straight():
    camera = np.array([0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 10.0, 0.5, 0.25, 0.0, 0.0])
    error = ba.reprojection_error(camera, np.array([3.0, 5.0, 7.0]), 2.0, np.zeros(2))
    np.testing.assert_allclose(error, [2 * (10 * 2 / 4 + 0.5), 2 * (10 * 3 / 4 + 0.25)])


def test_a_hand_at_rest_is_its_mesh():
    model = PROBLEMS["hand"].small_input().model
    bones = len(model.parents)
    straight = model._replace(
        base_relatives=np.tile(np.eye(4), (bones, 1, 1)),
        inverse_base_absolutes=np.tile(np.eye(4), (bones, 1, 1)),
    )
    theta = np.zeros(26)
    theta[3:6] = 1.0, 2.0, 3.0
    expected = model.base_positions[:, :3] + theta[3:6]
    np.testing.assert_allclose(hand.posed_vertices(theta, straight), expected)
    np.testing.assert_allclose(hand.posed_vertices_loops(theta, straight), expected)


def words(*arrays, separator=" "):
    return separator.join(repr(float(number)) for array in arrays for number in np.ravel(array))


def rows(array):
    return "\n".join(words(row) for row in array)


def model_files(folder, model):
    folder.mkdir(parents=True)
    bones = [
        f"bone:{parent}:{words(relative, inverse, separator=':')}"
        for parent, relative, inverse in zip(
            model.parents, model.base_relatives, model.inverse_base_absolutes, strict=True
        )
    ]
    vertices = []
    for position, weights in zip(model.base_positions, model.weights, strict=True):
        pairs = [f"{bone}:{float(weight)!r}" for bone, weight in enumerate(weights) if weight]
        start = words(position[:3], np.zeros(5), separator=":")
        vertices.append(":".join([start, str(len(pairs)), *pairs]))
    (folder / "bones.txt").write_text("\n".join(bones) + "\n")
    (folder / "vertices.txt").write_text("\n".join(vertices) + "\n")
    triangles = (":".join(str(corner) for corner in row) for row in model.triangles)
    (folder / "triangles.txt").write_text("\n".join(triangles) + "\n")


def text_of(name, given):
    """Write an input as the suite writes its files."""
    if name == "gmm":
        n, d = given.x.shape
        head = f"{d} {len(given.alphas)} {n}"
        parts = [given.alphas[:, None], given.means, given.icf, given.x]
        return "\n".join([head, *map(rows, parts), f"{given.gamma} {given.m}"])
    if name == "lstm":
        characters, bits = given.sequence.shape
        head = f"{len(given.main) // 2} {characters} {bits}\n"
        return "\n\n".join([head, *map(rows, given)])
    count = len(given.points)
    lines = [f"{count} {len(given.theta)}"]
    lines += [f"{c} {words(p)}" for c, p in zip(given.correspondences, given.points, strict=True)]
    if given.us is not None:
        lines += [rows(given.us)]
    return "\n".join([*lines, rows(given.theta[:, None])])


@pytest.mark.parametrize("name", ["gmm", "lstm", "hand", "hand_complicated"])
def test_files_of_the_suite_are_read_as_written(name, tmp_path):
    problem = PROBLEMS[name]
    given = problem.small_input()
    size = next(iter(problem.sizes))
    path = tmp_path / problem.folder / f"{size}.txt"
    if name.startswith("hand"):
        model_files(path.parent / "model", given.model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(name, given) + "\n")
    found = problem.input(size, tmp_path)
    assert type(found) is type(given)
    for part, expected in zip(found, given, strict=True):
        for leaf, wanted in zip(
            part if isinstance(part, tuple) else [part],
            expected if isinstance(expected, tuple) else [expected],
            strict=True,
        ):
            np.testing.assert_array_equal(leaf, wanted)


def test_a_file_of_one_camera_makes_a_scene(tmp_path):
    path = tmp_path / "ba" / "ba1_n49_m7776_p31843.txt"
    path.parent.mkdir()
    path.write_text("2 3 4\n0 1 2 3 4 5 6 7 8 9 10\n1 2 3\n0.5\n7 8\n")
    scene = PROBLEMS["ba"].input(path.stem, tmp_path)
    np.testing.assert_array_equal(scene.cameras, [np.arange(11.0)] * 2)
    np.testing.assert_array_equal(scene.points, [[1.0, 2.0, 3.0]] * 3)
    np.testing.assert_array_equal(scene.weights, [0.5] * 4)
    np.testing.assert_array_equal(scene.features, [[7.0, 8.0]] * 4)
    np.testing.assert_array_equal(scene.observed, [[0, 0], [1, 1], [0, 2], [1, 0]])
