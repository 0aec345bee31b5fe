"""GradBench's protocol: a message a line comes in, a response a line goes out, both JSON."""

import contextlib
import importlib
import json
import sys
import time
import traceback

from gradbench.evals import NAMES

TOOL = "srcad"


class UnavailableError(Exception):
    """An eval, or a function of one, that srcad cannot compute; its text says why."""


def nanoseconds(call):
    """Call something; give its result and how long it took."""
    start = time.perf_counter_ns()
    result = call()
    return result, time.perf_counter_ns() - start


def timed_runs(call, min_runs, min_seconds):
    """Call something at least so often and for so long; give the last result and all times."""
    times = []
    while not times or len(times) < min_runs or sum(times) < min_seconds * 1e9:
        result, taken = nanoseconds(call)
        times.append(taken)
    return result, times


class Session:
    """A conversation with an eval, from its first message to its last.

    Args:
        differentiable: ``srcad.differentiable`` with its options.
    """

    def __init__(self, differentiable):
        self.differentiable = differentiable
        self.evals = {}

    def functions_of(self, module):
        """Find the functions of an eval by name."""
        if module not in NAMES:
            raise UnavailableError(f"there is no eval {module!r}; there are {', '.join(NAMES)}")
        if module not in self.evals:
            found = importlib.import_module(f"gradbench.evals.{module}")
            self.evals[module] = found.functions(self.differentiable)
        return self.evals[module]

    def define(self, message):
        _, taken = nanoseconds(lambda: self.functions_of(message["module"]))
        return {"success": True, "timings": [{"name": "import", "nanoseconds": taken}]}

    def evaluate(self, message):
        """Compute a function of an eval as often as its input asks for.

        Before the timed runs, srcad makes adjoints and compiles them at the first call, and a
        shorter way to them at the second. Both are reported as "prepare", as tools for compiled
        languages report what they do before. Inputs that do not ask for runs get one.
        """
        functions = self.functions_of(message["module"])
        function = message["function"]
        if function not in functions:
            raise UnavailableError(
                f"of {message['module']}, srcad has {', '.join(functions)}, but no {function}"
            )
        task = functions[function]
        given = message["input"]
        runs = given if isinstance(given, dict) else {}
        arguments = task.arguments(given)

        def call():
            return task.compute(*arguments)

        _, preparing = nanoseconds(lambda: (call(), call()))
        result, times = timed_runs(call, runs.get("min_runs", 1), runs.get("min_seconds", 0.0))
        timings = [{"name": "prepare", "nanoseconds": preparing}]
        timings += [{"name": "evaluate", "nanoseconds": taken} for taken in times]
        return {"success": True, "output": task.output(result), "timings": timings}

    def respond(self, message):
        """Give the response to a message; whatever goes wrong is part of it."""
        response = {"id": message["id"]}
        try:
            match message["kind"]:
                case "start":
                    response["tool"] = TOOL
                case "define":
                    response |= self.define(message)
                case "evaluate":
                    response |= self.evaluate(message)
        except UnavailableError as error:
            response |= {"success": False, "error": str(error)}
        except Exception:
            response |= {"success": False, "error": traceback.format_exc()}
        return response

    def serve(self, messages, responses):
        """Answer all messages, a line each, as they come."""
        for line in messages:
            # What a program prints is not part of the conversation.
            with contextlib.redirect_stdout(sys.stderr):
                response = self.respond(json.loads(line))
            print(json.dumps(response), file=responses, flush=True)
