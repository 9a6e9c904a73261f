"""Templates compiled once for each language, with its messages in place of the calls that look them up.

A page calls `_("…")` dozens of times. The words of a message in a language never change while the process
runs, so they become part of the compiled template; only what is put into a message is left for rendering.
"""

from collections.abc import MutableMapping
from functools import cache
from types import CodeType
from typing import Any

from babel.support import NullTranslations, Translations
from flask import has_request_context
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from academy.locale import language

#: Macros that show nothing but what they are given: where a template gives constants, so is what they draw.
PLAIN = {
    "components/badge.html": frozenset({"badge", "status", "status_icon"}),
    "components/icon.html": frozenset({"icon"}),
    "components/button.html": frozenset({"button", "button_link"}),
}


class Environment(FlaskEnvironment):
    """The environment of the app: hands out each template in the language of the page being written."""

    language: str | None = None  # None: of the app, which compiles what is no file of its own without words
    by_language: dict[str, "Environment"]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Begin without any language; they are added as they are asked for."""
        super().__init__(*arguments, **options)
        self.by_language = {}

    def overlay(self, *arguments: Any, **changes: Any) -> "Environment":
        """Return a copy that shares filters and globals, but no compiled template."""
        other: Environment = super().overlay(*arguments, **changes)
        other.by_language = {}
        return other

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """Return a template in the language of the page."""
        if self.language is None:
            return self._spoken(language()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template as a plain dict, for every rendering copies them."""
        return super().make_globals(d) if self.language is None else {**self.globals, **(d or {})}

    def compile(self, source: Any, name: Any = None, filename: Any = None, *more: Any, **options: Any) -> Any:
        """Compile a template, with the messages of the environment's language in it."""
        if self.language is None or not isinstance(source, str):
            return super().compile(source, name, filename, *more, **options)
        tree = _Speaker(self, nodes.EvalContext(self, name)).visit(self.parse(source, name, filename))
        code: CodeType | str = super().compile(tree, name, filename, *more, **options)
        return code

    def _spoken(self, wanted: str) -> "Environment":
        found = self.by_language.get(wanted)
        if found is None:
            found = self.overlay()
            found.language = wanted
            self.by_language[wanted] = found
        return found

    @property
    def catalogue(self) -> NullTranslations:
        """Return the messages of the environment's language."""
        return catalogue(str(self.app.config["BABEL_TRANSLATION_DIRECTORIES"]), str(self.language))


@cache
def catalogue(folder: str, wanted: str, domain: str = "messages") -> NullTranslations:
    """Return the messages of a language; one without a catalogue, as English, leaves them as they are."""
    return Translations.load(folder, [wanted], domain)


class _Speaker(NodeTransformer):
    """Puts constants where a template asks for a message, an address or a plain macro by name."""

    def __init__(self, environment: Environment, evaluation: nodes.EvalContext) -> None:
        self.environment, self.evaluation = environment, evaluation
        self.plain: dict[
            str, tuple[str, str]
        ] = {}  # file and name of such macros, as the template knows them

    def visit_FromImport(self, node: nodes.FromImport) -> nodes.Node:  # noqa: N802 -- named by Jinja
        file = str(node.template.value) if isinstance(node.template, nodes.Const) else ""
        names = [name if isinstance(name, tuple) else (name, name) for name in node.names]
        self.plain |= {alias: (file, name) for name, alias in names if name in PLAIN.get(file, ())}
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- named by Jinja
        self.generic_visit(node)
        if node.dyn_args or node.dyn_kwargs:  # `*` and `**`: what they hold is not written here
            return node
        name = node.node.name if isinstance(node.node, nodes.Name) else None
        if name == "_" and len(node.args) == 1 and isinstance(node.args[0], nodes.Const):
            return self._message(str(node.args[0].value), node.kwargs, node.lineno)
        if name not in {"asset", "current_language", "url_for", *self.plain}:
            return node
        if name == "url_for" and not has_request_context():  # outside of one it would name the host too
            return node
        try:
            arguments = [one.as_const(self.evaluation) for one in node.args]
            named = {one.key: one.value.as_const(self.evaluation) for one in node.kwargs}
        except nodes.Impossible:
            return node
        return self._constant(name, arguments, named, node.lineno)

    def _message(self, message: str, filling: list[nodes.Keyword], lineno: int) -> nodes.Expr:
        """Return a message as a constant, or as a format and what is put into it, escaped where pages are."""
        text = self.environment.catalogue.ugettext(message)
        plain = nodes.Const(text if filling else text % {}, lineno=lineno)
        said = nodes.MarkSafe(plain, lineno=lineno) if self.evaluation.autoescape else plain
        if not filling:
            return said
        pairs = [nodes.Pair(nodes.Const(one.key, lineno=lineno), one.value, lineno=lineno) for one in filling]
        return nodes.Mod(said, nodes.Dict(pairs, lineno=lineno), lineno=lineno)

    def _constant(self, name: str, arguments: list[Any], named: dict[str, Any], lineno: int) -> nodes.Const:
        if name in self.plain:
            file, macro = self.plain[name]
            module: Any = self.environment.get_template(file).module
            return nodes.Const(getattr(module, macro)(*arguments, **named), lineno=lineno)
        if name == "current_language":
            return nodes.Const(self.environment.language, lineno=lineno)
        address: Any = self.environment.globals[name]
        return nodes.Const(address(*arguments, **named), lineno=lineno)
