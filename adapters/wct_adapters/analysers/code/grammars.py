"""The languages that are read, and their grammars: loaded when one is first met.

Each grammar is a wheel of its own and brings compiled code only; none fetches anything
when it runs. All of them come with the extra ``code``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from wct_adapters.analysers.code import kinds
from wct_domain.errors import ParserError

if TYPE_CHECKING:
    from tree_sitter import Language

WAY_OUT = "pip install 'wct-compliance[code]'"


@dataclass(frozen=True, slots=True, eq=False)  # compared and kept as itself
class Grammar:
    """How files of a language are recognised and read.

    Two grammars may read one language: TypeScript with elements of JSX in it is not
    the TypeScript in which ``<T>x`` is a cast.
    """

    language: str
    suffixes: tuple[str, ...]  # of file names, in lower case
    package: str
    function: str  # of the package: returns the language
    kinds: kinds.Kinds


GRAMMARS = (
    Grammar(
        "php",
        (".php", ".php3", ".php4", ".php5", ".phtml"),
        "tree_sitter_php",
        "language_php",
        kinds.PHP,
    ),
    Grammar(
        "javascript",
        (".js", ".mjs", ".cjs", ".jsx"),
        "tree_sitter_javascript",
        "language",
        kinds.JAVASCRIPT,
    ),
    Grammar(
        "typescript",
        (".ts", ".mts", ".cts"),
        "tree_sitter_typescript",
        "language_typescript",
        kinds.TYPESCRIPT,
    ),
    Grammar(
        "typescript",
        (".tsx",),
        "tree_sitter_typescript",
        "language_tsx",
        kinds.TYPESCRIPT,
    ),
    Grammar(
        "python",
        (".py", ".pyi", ".pyw"),
        "tree_sitter_python",
        "language",
        kinds.PYTHON,
    ),
    Grammar("java", (".java",), "tree_sitter_java", "language", kinds.JAVA),
    Grammar("go", (".go",), "tree_sitter_go", "language", kinds.GO),
    Grammar("csharp", (".cs", ".csx"), "tree_sitter_c_sharp", "language", kinds.CSHARP),
    Grammar("ruby", (".rb", ".rake"), "tree_sitter_ruby", "language", kinds.RUBY),
)

LANGUAGES = tuple(dict.fromkeys(grammar.language for grammar in GRAMMARS))
_BY_SUFFIX = {suffix: each for each in GRAMMARS for suffix in each.suffixes}


def grammar_for(path: str, language: str | None = None) -> Grammar:
    """Choose by ``language``, or by how the file's name ends.

    Raises:
        ParserError: nobody reads this language, or the name does not tell it.
    """
    suffix = PurePath(path).suffix.lower()
    found = _BY_SUFFIX.get(suffix)
    if language is None:
        if found is None:
            msg = f"Cannot detect language for file extension: {suffix}"
            raise ParserError(msg)
        return found
    if found is not None and found.language == language:
        return found  # the dialect of the language that the name tells
    for grammar in GRAMMARS:
        if grammar.language == language:
            return grammar
    msg = f"Unsupported language: {language}. Supported languages: {sorted(LANGUAGES)}"
    raise ParserError(msg)


def missing_package(language: str | None) -> str | None:
    """Name what has to be installed before anything, or ``language``, can be read."""
    wanted = ["tree_sitter"]
    wanted += [each.package for each in GRAMMARS if each.language == language][:1]
    return next((name for name in wanted if find_spec(name) is None), None)


class Loaded(NamedTuple):
    """A grammar, with its kinds of nodes by number; may serve many threads."""

    language: Language
    parts: Mapping[int, tuple[kinds.Part, bool]]  # and whether it needs a look inside


@cache
def loaded(grammar: Grammar) -> Loaded:
    """Load a grammar.

    Raises:
        ParserError: its package is not installed.
    """
    try:
        from tree_sitter import Language  # noqa: PLC0415 - an extra

        package = import_module(grammar.package)
    except ImportError:
        msg = (
            f"Language '{grammar.language}' not supported. "
            f"Available: {available()}: {WAY_OUT}"
        )
        raise ParserError(msg) from None
    pointer: object = getattr(package, grammar.function)()
    language = Language(pointer)
    # Several numbers may have one name; signs such as "import" are not named nodes.
    named = (
        (number, language.node_kind_for_id(number) or "")
        for number in range(language.node_kind_count)
        if language.node_kind_is_named(number)
    )
    parts: dict[int, tuple[kinds.Part, bool]] = {
        number: (grammar.kinds[name], name in kinds.MAY_BE)
        for number, name in named
        if name in grammar.kinds
    }
    return Loaded(language, parts)


def available() -> list[str]:
    """List the languages whose grammars are installed."""
    if find_spec("tree_sitter") is None:
        return []
    return sorted({each.language for each in GRAMMARS if find_spec(each.package)})
