"""The tool for GradBench: what an eval sends, a process answers, and what it should have answered.

The expected numbers are closed forms, differences, and programs of other people; none are srcad's.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from benchmarks.adbench import checks
from benchmarks.adbench.problems import PROBLEMS
from gradbench.evals import particle
from scipy import stats

import srcad

ROOT = Path(__file__).parent.parent
RUNS = {"min_runs": 2, "min_seconds": 0.0}
GENERATOR = np.random.default_rng(31337)


def answers(messages, cache, *options):
    """Send messages to the tool and give its responses."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tools"), str(ROOT)]),
        "SRCAD_CACHE_DIR": str(cache),
    }
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    command = [sys.executable, "-P", "-m", "gradbench", *options]
    finished = subprocess.run(
        command, input=lines, env=environment, capture_output=True, text=True, timeout=600
    )
    assert finished.returncode == 0, finished.stderr
    responses = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [response["id"] for response in responses] == [message["id"] for message in messages]
    return responses


def session(module, evaluations):
    """Give the messages of an eval: it starts, defines, evaluates, and judges each answer."""
    messages = [
        {"id": 0, "kind": "start", "eval": module},
        {"id": 1, "kind": "define", "module": module},
    ]
    for function, given in evaluations:
        messages.append(
            {
                "id": len(messages),
                "kind": "evaluate",
                "module": module,
                "function": function,
                "input": given,
                "description": "small",
            }
        )
        messages.append(
            {"id": len(messages), "kind": "analysis", "of": len(messages) - 1, "valid": True}
        )
    return messages


def outputs(module, given, functions, cache, *options):
    """Let the tool compute some functions of an input; give what it says."""
    runs = given.get("min_runs", 1) if isinstance(given, dict) else 1
    messages = session(module, [(function, given) for function in functions])
    start, define, *responses = answers(messages, cache, *options)
    assert start["tool"] == "srcad"
    assert define["success"] is True
    evaluated = responses[::2]
    for response in evaluated:
        assert response.get("error") is None
        assert response["success"] is True
        names = [timing["name"] for timing in response["timings"]]
        assert names == ["prepare"] + runs * ["evaluate"]
        assert all(timing["nanoseconds"] >= 0 for timing in response["timings"])
    assert responses[1::2] == [{"id": message["id"]} for message in messages[3::2]]
    return [response["output"] for response in evaluated]


def slopes(function, x, step=1e-4):
    """Differentiate a function of a vector by central differences, once refined."""

    def quotient(place, distance):
        moved = np.array([distance * (place == other) for other in range(x.size)])
        ahead = function(x + moved.reshape(x.shape)) - function(x - moved.reshape(x.shape))
        return ahead / (2 * distance)

    entries = [(4 * quotient(i, step / 2) - quotient(i, step)) / 3 for i in range(x.size)]
    return np.array(entries).reshape(x.shape)


def test_hello(tmp_path):
    assert outputs("hello", 3.0, ["square"], tmp_path) == [9.0]
    assert outputs("hello", 9.0, ["double"], tmp_path, "--engine", "numpy") == [18.0]


def test_lse_compiled_as_anybody_runs_it(tmp_path):
    x = GENERATOR.random(50)
    value, slope = outputs("lse", {"x": x.tolist(), **RUNS}, ["primal", "gradient"], tmp_path)
    np.testing.assert_allclose(value, np.log(np.sum(np.exp(x))))
    np.testing.assert_allclose(slope, np.exp(x) / np.sum(np.exp(x)))


def numpy_outputs(module, given, functions, cache):
    return outputs(module, {**given, **RUNS}, functions, cache, "--engine", "numpy")


def test_llsq(tmp_path):
    x = GENERATOR.random(5)
    t = np.linspace(-1.0, 1.0, 8)
    powers = np.vander(t, len(x), increasing=True)
    distance = np.sign(t) - powers @ x
    given = {"x": x.tolist(), "n": len(t)}
    value, slope = numpy_outputs("llsq", given, ["primal", "gradient"], tmp_path)
    np.testing.assert_allclose(value, 0.5 * distance @ distance)
    np.testing.assert_allclose(slope, -powers.T @ distance)


def test_ode(tmp_path):
    """Four unknowns are polynomials in time of degree four, which the method gets right."""
    x = GENERATOR.random(4)
    degrees = np.arange(1, 5)
    solution = np.cumprod(x) * 2.0**degrees / np.cumprod(degrees)
    given = {"x": x.tolist(), "s": 3}
    value, slope = numpy_outputs("ode", given, ["primal", "gradient"], tmp_path)
    np.testing.assert_allclose(value, solution)
    np.testing.assert_allclose(slope, solution[-1] / x)


def test_det(tmp_path):
    a = GENERATOR.random((4, 4))
    given = {"A": a.ravel().tolist(), "ell": 4}
    value, slope = numpy_outputs("det", given, ["primal", "gradient"], tmp_path)
    np.testing.assert_allclose(value, np.linalg.det(a))
    np.testing.assert_allclose(slope, (np.linalg.det(a) * np.linalg.inv(a).T).ravel())


def log_posterior(alpha, mu, q, l, x, m, gamma):
    """The mixture's, by the densities that scipy knows."""
    d = x.shape[1]
    density = 0.0
    prior = 0.0
    for weight, mean, diagonal, below in zip(
        np.exp(alpha) / np.sum(np.exp(alpha)), mu, q, l, strict=True
    ):
        root = np.diag(np.exp(diagonal))
        columns, rows = np.triu_indices(d, 1)
        root[rows, columns] = below
        precision = root.T @ root
        normal = stats.multivariate_normal(mean, np.linalg.inv(precision))
        density = density + weight * normal.pdf(x)
        prior += stats.wishart(d + m + 1, np.eye(d) / gamma**2).logpdf(precision)
    return np.sum(np.log(density)) + prior


def test_gmm(tmp_path):
    d, k, n = 3, 2, 6
    parts = {
        "alpha": GENERATOR.standard_normal(k),
        "mu": GENERATOR.random((k, d)),
        "q": 0.3 * GENERATOR.standard_normal((k, d)),
        "l": GENERATOR.standard_normal((k, d * (d - 1) // 2)),
        "x": GENERATOR.standard_normal((n, d)),
    }
    scalars = {"m": 2, "gamma": 1.5}
    given = {name: part.tolist() for name, part in parts.items()} | scalars
    value, bars = numpy_outputs(
        "gmm", given | {"d": d, "k": k, "n": n}, ["objective", "jacobian"], tmp_path
    )
    np.testing.assert_allclose(value, log_posterior(**parts, **scalars))
    assert list(bars) == ["alpha", "mu", "q", "l"]
    for name, bar in bars.items():
        expected = slopes(
            lambda part, name=name: log_posterior(**{**parts, name: part}, **scalars), parts[name]
        )
        np.testing.assert_allclose(bar, expected, rtol=1e-6, atol=1e-7)


def test_lstm(tmp_path):
    problem = PROBLEMS["lstm"]
    network = problem.small_input()
    names = ("main_params", "extra_params", "state", "sequence")
    given = {name: part.tolist() for name, part in zip(names, network, strict=True)}
    value, slope = numpy_outputs("lstm", given, ["objective", "jacobian"], tmp_path)
    np.testing.assert_allclose(value, problem.primal(network))
    (expected,) = checks.differences(problem.primal, network, problem.varied)
    np.testing.assert_allclose(slope, expected, atol=1e-9)


def test_ba(tmp_path):
    problem = PROBLEMS["ba"]
    n, m, p = 2, 3, 5
    one = problem.small_input()
    camera, point, weight, feature = one.cameras[0], one.points[0], one.weights[0], one.features[0]
    scene = one._replace(
        cameras=np.tile(camera, (n, 1)),
        points=np.tile(point, (m, 1)),
        weights=np.full(p, weight),
        features=np.tile(feature, (p, 1)),
    )
    given = {
        "n": n,
        "m": m,
        "p": p,
        "cam": camera.tolist(),
        "x": point.tolist(),
        "w": float(weight),
        "feat": feature.tolist(),
    }
    found, sparse = numpy_outputs("ba", given, ["objective", "jacobian"], tmp_path)
    expected = problem.primal(scene)
    np.testing.assert_allclose(found["reproj_error"]["elements"], expected[:2])
    assert found["reproj_error"]["repeated"] == p
    np.testing.assert_allclose(found["w_err"]["element"], 1.0 - weight**2)
    assert found["w_err"]["repeated"] == p

    # The first thirty entries are the first two rows, and the last one is the last weight's.
    matrix = checks.differences(problem.primal, scene, problem.varied)
    entries = [*np.repeat([0, 1], 15), 3 * p - 1]
    np.testing.assert_allclose(sparse["vals"], matrix[entries, sparse["cols"]], rtol=1e-6)
    first = [*range(11), *range(22, 25), 31]
    assert sparse["cols"] == [*first, *first, 35]
    assert np.count_nonzero(matrix[:2]) == np.count_nonzero(sparse["vals"][:-1])
    # Where each row starts, of which there are fewer than thirty here; and where the last one ends.
    starts = [*range(0, 31 * p, 15)][: 2 * p + 1] + [30 * p + 1 + i for i in range(p)]
    assert sparse["rows"] == [*starts, starts[-1]]


@pytest.mark.parametrize("name", ["hand", "hand_complicated"])
def test_ht(name, tmp_path):
    problem = PROBLEMS[name]
    pose = problem.small_input()
    model = {part: np.asarray(array).tolist() for part, array in pose.model._asdict().items()}
    given = {
        "theta": pose.theta.tolist(),
        "us": [] if pose.us is None else pose.us.tolist(),
        "data": {
            "model": model | {"bone_count": 22, "bone_names": [""] * 22},
            "correspondences": pose.correspondences.tolist(),
            "points": pose.points.tolist(),
        },
    }
    value, rows = numpy_outputs("ht", given, ["objective", "jacobian"], tmp_path)
    np.testing.assert_allclose(value, problem.primal(pose))
    expected = checks.differences(problem.primal, pose, problem.varied)
    checks.check(checks.dense(np.array(rows), pose), expected, checks.TOLERANCE)


def test_kmeans(tmp_path):
    """Newton's step leads from a centroid to the mean of its points."""
    points = GENERATOR.random((30, 2))
    centroids = points[-4:]
    squares = np.sum((points[:, None] - centroids) ** 2, axis=2)
    nearest = np.argmin(squares, axis=1)
    means = np.stack([np.mean(points[nearest == j], axis=0) for j in range(len(centroids))])
    given = {"points": points.tolist(), "centroids": centroids.tolist()}
    value, step = numpy_outputs("kmeans", given, ["cost", "dir"], tmp_path)
    np.testing.assert_allclose(value, np.sum(np.min(squares, axis=1)))
    np.testing.assert_allclose(step, centroids - means, atol=1e-12)


def distance_from_origin(w):
    """Where the particle crosses the x-axis, by forces written out."""
    place, velocity = np.array([0.0, 8.0]), np.array([0.75, 0.0])
    charges = np.array([[10.0, 10.0 - w], [10.0, 0.0]])
    while place[1] + 0.1 * velocity[1] > 0.0:
        away = place - charges
        force = np.sum(away / np.sum(away**2, axis=1, keepdims=True) ** 1.5, axis=0)
        place, velocity = place + 0.1 * velocity, velocity + 0.1 * force
    return place[0] - place[1] / velocity[1] * velocity[0]


def test_slopes_through_forces_that_are_slopes():
    found = srcad.grad(srcad.differentiable(engine="numpy")(particle.miss))(np.array([0.1]))
    expected = slopes(lambda w: distance_from_origin(w[0]) ** 2, np.array([0.1]))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.slow
def test_particle(tmp_path):
    (w,) = numpy_outputs("particle", {"w": 0.0}, ["rr"], tmp_path)
    np.testing.assert_allclose(distance_from_origin(w), 0.0, atol=1e-3)
    np.testing.assert_allclose(w, 0.2071918746486116, rtol=1e-10)  # as GradBench says


@pytest.mark.slow
def test_saddle(tmp_path):
    (place,) = numpy_outputs("saddle", {"start": [1.0, 1.0]}, ["rr"], tmp_path)
    np.testing.assert_allclose(place, [8.246324826140356e-06] * 4, rtol=1e-10)  # as it says, too


@pytest.mark.parametrize(
    ("module", "function", "words"),
    [("particle", "ff", "srcad has rr"), ("nothing", "f", "there is no eval 'nothing'")],
)
def test_what_srcad_cannot_do_is_said(module, function, words, tmp_path):
    _, define, evaluated, _ = answers(session(module, [(function, {"w": 0.0})]), tmp_path)
    assert define["success"] is (module == "particle")
    assert evaluated["success"] is False
    assert words in evaluated["error"]


def test_a_broken_input_is_an_error_of_the_answer(tmp_path):
    *_, evaluated, _ = answers(session("lse", [("primal", {"y": []})]), tmp_path)
    assert evaluated["success"] is False
    assert "KeyError" in evaluated["error"]
