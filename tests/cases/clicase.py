# SPDX-License-Identifier: GPL-2.0
"""neuronnl as a user runs it, and the schemas of what it prints."""

import json
import subprocess

import jsonschema

from tapcase import check, equal

SCHEMAS = "/usr/share/neuron/schema"
NEURON_GROUP, TESTER = 990, 1000
# neuronnl doctor's exit statuses.
NO_CARD, MODULE, DRIVER, NODE, CARD = 10, 11, 12, 13, 14


def run(*words, group=None, user=None):
    """Run a program, as another user if wanted; the finished process."""
    if user is not None:
        groups = ["--groups", str(group)] if group is not None else ["--clear-groups"]
        words = ("setpriv", "--reuid", str(user), "--regid", str(user), *groups, "--", *words)
    return subprocess.run(words, capture_output=True, text=True, check=False)


def neuronnl(*words):
    """What neuronnl prints if all is well."""
    ended = run("neuronnl", *words)
    equal((ended.returncode, ended.stderr), (0, ""), f"status and errors of {words}")
    return ended.stdout


def obeys(name, document):
    """The document must be as the schema of this name says."""
    with open(f"{SCHEMAS}/{name}.json", encoding="utf-8") as file:
        schema = json.load(file)
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(document), key=str)
    check(not errors, f"{name}: " + "; ".join(f"{list(error.absolute_path)}: {error.message}"
                                              for error in errors[:3]))
    return document


def doctor(want, **who):
    """The lines of neuronnl doctor, which must end with this status; by check."""
    ended = run("neuronnl", "-j", "doctor", **who)
    lines = obeys("doctor", json.loads(ended.stdout))["doctor"]
    equal(ended.returncode, want, f"status of doctor, which says {lines}, {ended.stderr}")
    fails = [line["check"] for line in lines if line["result"] == "fail"]
    equal(bool(fails), want != 0, f"failures {fails}")
    found = {}
    for line in lines:
        found.setdefault(line["check"], []).append(line)
    return found
