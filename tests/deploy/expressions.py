"""Every PromQL expression of the deployment files: dashboard, alert rules, KEDA's scaling."""

import json
import pathlib
import re

import yaml

# What Grafana would put in, with a window that a second's scrapes fill soon.
VARIABLES = {
    "$job": "activation",
    "$instance": ".+",
    "$__rate_interval": "10s",
    "$__interval": "10s",
}
# The words of PromQL that our expressions use beside metrics and labels.
_KEYWORDS = {"and", "or", "unless", "by", "on", "group_left"}


def _with_variables(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def dashboard(root):
    path = pathlib.Path(root, "deploy/grafana/dashboards/activation.json")
    return json.loads(path.read_text(encoding="utf-8"))


def panel_targets(root):
    """(panel's title, target), variables filled in."""
    for panel in dashboard(root)["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], {**target, "expr": _with_variables(target["expr"])}


def rules(root):
    text = pathlib.Path(root, "deploy/prometheus/rules.yml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def _variables(root):
    for variable in dashboard(root)["templating"]["list"]:
        values = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"])
        if values:
            selector, label = _with_variables(values[1]), values[2]
            yield f"variable {variable['name']}", f"sum by ({label}) ({selector})"


def _keda(root):
    for path in pathlib.Path(root, "deploy/kubernetes").rglob("*.yaml"):
        specification = yaml.safe_load(path.read_text(encoding="utf-8")).get("spec", {})
        for trigger in specification.get("triggers", ()):
            if "query" in trigger["metadata"]:
                yield str(path.relative_to(root)), trigger["metadata"]["query"]


def every(root):
    """(where it stands, expression) of all files."""
    yield from ((f"panel {title}", target["expr"]) for title, target in panel_targets(root))
    for annotation in dashboard(root)["annotations"]["list"]:
        yield f"annotation {annotation['name']}", _with_variables(annotation["expr"])
    yield from _variables(root)
    yield from ((f"alert {rule['alert']}", rule["expr"]) for rule in rules(root))
    yield from _keda(root)


def selectors(expression):
    """What it reads: `name{matchers}` as they stand, and bare names."""
    # What stands in by (...) and the like are labels, and a window is none of ours.
    text = re.sub(r"\b(by|on|group_left)\s*\([^)]*\)|\[[^\]]*\]", " ", expression)
    found = re.findall(r"[a-zA-Z_]\w*\{[^}]*\}", text)
    text = re.sub(r"[a-zA-Z_]\w*\{[^}]*\}", " ", text)
    words = re.findall(r"(?<![\w.])[a-zA-Z_]\w*\b(?!\s*\()", text)
    return found + [word for word in words if word not in _KEYWORDS]


def labels(expression):
    """The labels it groups or joins by."""
    lists = re.findall(r"\b(?:by|on|group_left)\s*\(([^)]*)\)", expression)
    # le stands in buckets alone; a wrong one would show as a quantile without a value.
    return {label.strip() for names in lists for label in names.split(",")} - {"le"}
