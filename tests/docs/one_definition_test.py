"""A namespace has one type of a name: two are one to the linker, and whichever code comes last works on both.

usage: one_definition_test.py ROOT

Types in namespaces without a name, in other types and in functions are nobody else's business.
"""

import collections
import pathlib
import re
import sys

FOLDERS = ("src", "rpc", "server", "client", "tests")
# A comment or text, in which nothing counts.
IGNORED = re.compile(r'//[^\n]*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
TOKEN = re.compile(
    r"\bnamespace\s+(?P<namespace>[\w:]*)\s*\{"
    r"|\b(?:struct|class|union|enum(?:\s+class)?)\s+(?:alignas\([^)]*\)\s*)?(?P<type>\w+)(?:\s+final)?\s*(?::(?!:)[^;{(]*)?\{"
    r"|(?P<open>\{)|(?P<close>\})"
)


def types(text):
    """The types of a file that others may name: 'activation::Engine'."""
    scopes = []  # names of namespaces, None for another block
    for token in TOKEN.finditer(IGNORED.sub('""', text)):
        if token["close"]:
            scopes.pop()
        elif token["namespace"] is not None:
            scopes.append(token["namespace"] or None)
        else:
            if token["type"] and None not in scopes:
                yield "::".join([*scopes, token["type"]])
            scopes.append(None)
    assert not scopes, "braces that do not close"


def self_test():
    """This finds what it looks for, and no more."""
    text = "namespace a { template <class T> enum class K : int { kOne }; struct B { struct C {}; }; namespace { struct D {}; } class E::F {}; }"
    assert list(types(text + ' namespace a::b { class G final : public B {}; // class H {}\n"struct I {"; }')) == [
        "a::K",
        "a::B",
        "a::b::G",
    ]


def main():
    self_test()
    root = pathlib.Path(sys.argv[1])
    files = collections.defaultdict(list)
    for folder in FOLDERS:
        assert (root / folder).is_dir(), folder
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cc", ".cu"):
                for name in set(types(path.read_text(encoding="utf-8"))):
                    files[name].append(str(path.relative_to(root)))
    doubled = {name: where for name, where in files.items() if len(where) > 1}
    print(f"{len(files)} types, {len(doubled)} of them defined twice")
    for name, where in doubled.items():
        print(f"{name}: {', '.join(where)}")
    return 1 if doubled or not files else 0


if __name__ == "__main__":
    sys.exit(main())
