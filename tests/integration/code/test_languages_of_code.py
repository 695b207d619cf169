"""What is read of each language: definitions, imports, literals and comments."""

from typing import Any, NamedTuple

import pytest

from tests import code_reading
from tests.code_reading import read

Definition = dict[str, Any]


class Case(NamedTuple):
    """A file with what is expected of it; names stand for what has them."""

    name: str
    text: str
    functions: dict[str, tuple[int, list[str]]]  # first line, parameters
    classes: dict[str, tuple[str, str | None, list[str], list[str]]]
    imports: list[tuple[str, str, int]]
    literals: list[tuple[str, int]]
    comments: list[str]


CASES = {
    "php": Case(
        "shop/Desk.php",
        code_reading.PHP,
        {"take": (15, ["$name", "$count", "$rest"]), "greet": (22, ["$who"])},
        {
            "Desk": ("class", "Counter", ["Open", "Lit"], ["take"]),
            "Open": ("interface", None, [], []),
        },
        [
            ("Stripe\\StripeClient", "use", 4),
            ("Foo\\Bar", "use", 5),
            ("Foo\\Baz", "use", 5),
            ("lib/db.php", "require_once", 6),
        ],
        [
            ("lib/db.php", 6),
            ("INSERT INTO orders VALUES ('$name')", 17),
            ("Grüße, ", 22),
            ("all", 22),
        ],
        ["Takes orders.", "A line", "and another one.", "none yet"],
    ),
    "javascript": Case(
        "cart.jsx",
        code_reading.JAVASCRIPT,
        {
            "add": (7, ["item", "count", "...rest"]),
            "total": (8, ["tax"]),
            "greet": (11, ["who"]),
            "each": (12, ["{ a }", "[b]"]),
        },
        {"Cart": ("class", "Base.Bag", [], ["add", "total"])},
        [
            ("react", "import", 1),
            ("./path", "import", 2),
            ("ships", "import", 3),
            ("fs", "require", 4),
        ],
        [
            *(("react", 1), ("./path", 2), ("ships", 3), ("fs", 4)),
            *(("added ${item}", 7), ("hello", 11)),
        ],
        ["Keeps things.", "Says hello."],
    ),
    "typescript": Case(
        "desk.ts",
        code_reading.TYPESCRIPT,
        {"take": (5, ["name", "count"]), "open": (7, ["hard"]), "greet": (8, ["who"])},
        {
            "Desk": ("class", "Counter", ["Open", "Lit"], ["take"]),
            "Open": ("interface", "Door", [], ["open"]),
        },
        [("./order", "import", 1), ("fs", "import", 2)],
        [("./order", 1), ("fs", 2), ("x", 5), ("hello", 8)],
        ["Keeps orders."],
    ),
    "python": Case(
        "desk.py",
        code_reading.PYTHON,
        {
            "take": (9, ["self", "name", "count", "*rest", "**more"]),
            "greet": (15, ["who"]),
        },
        {"Desk": ("class", "Counter, Lit", [], ["take"])},
        [
            ("os", "import", 2),
            ("stripe", "import", 2),
            ("shop.stock", "import", 3),
            (".", "import", 4),
        ],
        [("Orders.", 1), ("Order", 9), ("order of {name}", 11), ("hello", 16)],
        ["not more", "Says hello."],
    ),
    "java": Case(
        "Desk.java",
        code_reading.JAVA,
        {
            "Desk": (7, ["size"]),
            "take": (8, ["name", "counts"]),
            "open": (12, []),
        },
        {
            "Desk": ("class", "Counter", ["Open", "Lit"], ["Desk", "take"]),
            "Open": ("interface", None, [], ["open"]),
        },
        [("java.util.List", "import", 2), ("shop.Names.*", "import", 3)],
        [("orders", 10)],
        ["Takes orders.", "Makes one."],
    ),
    "go": Case(
        "desk.go",
        code_reading.GO,
        {"Take": (12, ["name", "alias", "counts"])},
        {"Desk": ("struct", None, [], [])},
        [("fmt", "import", 4), ("github.com/stripe/stripe-go/v74", "import", 5)],
        [
            *(("fmt", 4), ("github.com/stripe/stripe-go/v74", 5)),
            *(('json:"name"', 9), ("taken", 13)),
        ],
        ["Desk takes orders.", "Take takes one."],
    ),
    "csharp": Case(
        "Desk.cs",
        code_reading.CSHARP,
        {"Take": (6, ["name", "count", "rest"])},
        {
            "Desk": ("class", "Counter", ["IOpen"], ["Take"]),
            "IOpen": ("interface", None, [], []),
        },
        [("System", "use", 1), ("Stripe.Checkout", "use", 2)],
        [("order of {name}", 7)],
        ["Takes orders."],
    ),
    "ruby": Case(
        "desk.rb",
        code_reading.RUBY,
        {"take": (6, ["name", "count", "rest", "at", "in_store"]), "open": (10, [])},
        {
            "Desk": ("class", "Shop::Counter", [], ["take", "open"]),
            "Lit": ("module", None, [], []),
        },
        [("stripe", "require", 1), ("./stock", "require", 2)],
        [("stripe", 1), ("stock", 2), ("order of #{name}", 7)],
        ["Takes orders.", "One by one."],
    ),
}
ALL = pytest.mark.parametrize("language", CASES)


def found(language: str) -> dict[str, Any]:
    case = CASES[language]
    return read(case.name, case.text)


def named(definitions: list[Definition], name: str) -> Definition:
    (one,) = [each for each in definitions if each["name"] == name]
    return one


@ALL
def test_the_language_is_told_by_the_name_of_the_file(language: str) -> None:
    assert found(language)["language"] == language


@ALL
def test_functions_and_methods_are_found_with_their_parameters(language: str) -> None:
    functions = found(language)["functions"]
    assert {
        each["name"]: (
            each["line_start"],
            [parameter["name"] for parameter in each["parameters"]],
        )
        for each in functions
    } == CASES[language].functions


@ALL
def test_classes_are_found_with_what_they_come_from(language: str) -> None:
    assert {
        each["name"]: (
            each["kind"],
            each["extends"],
            each["implements"],
            [method["name"] for method in each["methods"]],
        )
        for each in found(language)["classes"]
    } == CASES[language].classes


@ALL
def test_imports_are_found_with_their_lines(language: str) -> None:
    imports = [
        (each["module"], each["type"], each["line"])
        for each in found(language)["imports"]
    ]
    assert imports == CASES[language].imports


@ALL
def test_literals_are_found_with_their_lines(language: str) -> None:
    literals = [(each["value"], each["line"]) for each in found(language)["literals"]]
    assert literals == CASES[language].literals


@ALL
def test_comments_are_found_without_their_signs(language: str) -> None:
    comments = [each["text"] for each in found(language)["comments"]]
    assert comments == CASES[language].comments


@ALL
def test_the_code_is_read_to_its_end(language: str) -> None:
    assert found(language)["not_parsed"] == {"count": 0, "lines": []}


@pytest.mark.parametrize(
    ("language", "kind", "name", "text"),
    [
        ("php", "classes", "Desk", "Takes orders."),
        ("php", "functions", "take", "A line\nand another one."),
        ("javascript", "classes", "Cart", "Keeps things."),
        ("javascript", "functions", "greet", "Says hello."),
        ("typescript", "classes", "Desk", "Keeps orders."),
        ("python", "classes", "Desk", "Takes orders."),
        ("python", "functions", "take", "Take one."),
        ("python", "functions", "greet", "Says hello."),
        ("java", "classes", "Desk", "Takes orders."),
        ("java", "functions", "Desk", "Makes one."),
        ("go", "functions", "Take", "Take takes one."),
        ("go", "classes", "Desk", "Desk takes orders."),
        ("csharp", "classes", "Desk", "Takes orders."),
        ("ruby", "classes", "Desk", "Takes orders.\nOne by one."),
    ],
)
def test_a_comment_before_a_definition_documents_it(
    language: str, kind: str, name: str, text: str
) -> None:
    assert named(found(language)[kind], name)["docstring"] == text


@pytest.mark.parametrize(
    ("language", "name", "expected"),
    [
        ("php", "take", ("public", True, "?Order")),
        ("php", "greet", (None, False, None)),
        ("javascript", "add", (None, True, None)),
        ("typescript", "take", ("private", True, "Promise<void>")),
        ("python", "take", (None, False, '"Order"')),
        ("java", "take", ("protected", True, "List<Order>")),
        ("go", "Take", (None, False, "(string, error)")),
        ("csharp", "Take", ("public", True, "string")),
        ("ruby", "open", (None, True, None)),
    ],
)
def test_a_function_says_who_may_call_it_and_what_it_returns(
    language: str, name: str, expected: tuple[str | None, bool, str | None]
) -> None:
    function = named(found(language)["functions"], name)
    facts = function["visibility"], function["is_static"], function["return_type"]
    assert facts == expected


@pytest.mark.parametrize(
    ("language", "function", "name", "kind", "default"),
    [
        ("php", "take", "$count", "?int", "3"),
        ("php", "take", "$rest", "Item", None),
        ("typescript", "take", "count", "number", "3"),
        ("python", "take", "name", "str", None),
        ("python", "take", "*rest", "int", None),
        ("java", "take", "counts", "int", None),
        ("go", "Take", "alias", "string", None),
        ("csharp", "Take", "count", "int", "3"),
        ("csharp", "Take", "rest", "string[]", None),
        ("ruby", "take", "in_store", None, "true"),
    ],
)
def test_a_parameter_has_a_type_and_a_default_where_they_are_written(
    language: str, function: str, name: str, kind: str | None, default: str | None
) -> None:
    parameters = named(found(language)["functions"], function)["parameters"]
    assert named(parameters, name) == {
        "name": name,
        "type": kind,
        "default_value": default,
    }


def test_names_that_are_imported_are_told() -> None:
    assert found("javascript")["imports"][0]["names"] == ["React", "useState"]
    assert found("javascript")["imports"][1]["alias"] == "path"
    assert found("python")["imports"][2]["names"] == ["Shelf", "count"]
    assert found("php")["imports"][0]["alias"] == "Client"


def test_columns_count_characters_and_not_bytes() -> None:
    file = read("a.py", "é = 'ü' + 'x'\nb = 'y'\n")
    assert [(each["line"], each["column"]) for each in file["literals"]] == [
        (1, 5),
        (1, 11),
        (2, 5),
    ]


@pytest.mark.parametrize(
    ("name", "text", "value", "line"),
    [
        ("a.php", "<?php\n$a = <<<X\nDear $name\nX;\n", "Dear $name", 3),
        ("a.php", "<?php\n$a = <<<'X'\nDear all\nX;\n", "Dear all", 3),
        ("a.rb", "a = <<~X\n  Dear all\nX\n", "  Dear all\n", 2),
        ("a.py", 'a = """Dear\nall"""\n', "Dear\nall", 1),
        ("a.go", "package a\nvar b = `Dear\nall`\n", "Dear\nall", 2),
    ],
)
def test_a_text_of_several_lines_begins_where_its_first_word_stands(
    name: str, text: str, value: str, line: int
) -> None:
    (literal,) = read(name, text)["literals"]
    assert (literal["value"], literal["line"]) == (value, line)


def test_a_very_long_literal_says_that_it_is_cut() -> None:
    (literal,) = read("a.py", f"a = '{'x' * 5000}'")["literals"]
    assert literal["cut"]
    assert literal["value"] == "x" * 2000


def test_typescript_with_elements_in_it_is_read() -> None:
    file = read("a.tsx", "const Hello = (p: Props) => <b title='x'>hello</b>;")
    assert [each["name"] for each in file["functions"]] == ["Hello"]
    assert file["not_parsed"]["count"] == 0


def test_a_comment_behind_code_documents_nothing() -> None:
    file = read("a.php", "<?php\n$a = 1; // one\nfunction f() {}\n")
    assert "docstring" not in file["functions"][0]
    assert [each["documents"] for each in file["comments"]] == [False]


def test_a_comment_with_a_blank_line_behind_it_documents_nothing() -> None:
    file = read("a.js", "// Copyright\n\nfunction f() {}\n")
    assert "docstring" not in file["functions"][0]


@pytest.mark.parametrize(
    ("name", "text", "module", "alias"),
    [
        ("a.js", "import d, * as n from 'm';", "m", "n"),
        ("a.js", "const m = await import('m');", "m", None),
        ("a.php", "<?php require('m.php');", "m.php", None),
        ("a.php", "<?php include $path;", "$path", None),
        ("a.rb", "load 'm.rb'", "m.rb", None),
        ("a.rb", "require_relative '../m'", "../m", None),
        ("a.py", "import a.b as c", "a.b", "c"),
        ("a.go", 'package a\nimport _ "m"', "m", "_"),
        ("A.java", "import static a.B./* all */*;", "a.B.*", None),
    ],
)
def test_imports_of_every_form_are_found(
    name: str, text: str, module: str, alias: str | None
) -> None:
    (found,) = read(name, text)["imports"]
    assert (found["module"], found["alias"]) == (module, alias)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "import.meta; require(path); load('m'); import(path)"),
        ("a.js", "export const a = 1; export { a };"),
        ("a.rb", "require name; file.load 'm.rb'; puts 'm'"),
        ("a.go", "package a"),
    ],
)
def test_what_only_looks_like_an_import_is_none(name: str, text: str) -> None:
    assert read(name, text)["imports"] == []


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.go", "package a\ntype C interface{ D() }", "interface"),
        ("a.go", "package a\ntype C struct{}", "struct"),
        ("a.php", "<?php trait C {}", "trait"),
        ("a.php", "<?php enum C: string {}", "enum"),
        ("a.js", "const C = class {};", "class"),
        ("a.ts", "enum C { A }", "enum"),
        ("A.java", "record C(int a) {}", "record"),
        ("A.java", "@interface C {}", "class"),
        ("A.cs", "struct C {}", "struct"),
        ("a.rb", "module C; end", "module"),
    ],
)
def test_what_is_like_a_class_says_its_kind(name: str, text: str, kind: str) -> None:
    (found,) = read(name, text)["classes"]
    assert (found["name"], found["kind"]) == ("C", kind)


def test_what_has_no_name_is_not_listed() -> None:
    file = read("a.js", "export default class { a() {} }\nx(class {}, () => 1)")
    assert file["classes"] == []
    assert [each["name"] for each in file["functions"]] == ["a"]


def test_very_long_names_and_defaults_are_cut() -> None:
    file = read("a.py", f"def {'f' * 500}(a={'(1, ' * 200}{')' * 200}): pass")
    (function,) = file["functions"]
    assert function["name"] == f"{'f' * 400}…"
    assert function["parameters"][0]["default_value"].endswith("…")


def test_a_method_belongs_to_the_innermost_class() -> None:
    inner = "  class B:\n    def b(self): pass\n"
    text = f"class A:\n{inner}  def a(self):\n    def c(): pass\n"
    classes = {
        each["name"]: [method["name"] for method in each["methods"]]
        for each in read("a.py", text)["classes"]
    }
    assert classes == {"A": ["a"], "B": ["b"]}
