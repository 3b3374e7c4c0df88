"""Which grammar an editor's languageId means, and which of its node kinds are definitions and blocks (data)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grammar:
    """Node kinds of one grammar, sorted by what they mean to us."""

    name: str
    definitions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Node kind → our word: ``function``, ``method``, ``class``, ``interface``, ``type``, ``enum``, ``module``, ``constant``."""
    blocks: frozenset[str] = frozenset()
    """Nodes whose direct children are statements or members; the root is one."""
    comments: frozenset[str] = frozenset({"comment"})
    strings: frozenset[str] = frozenset()
    closures: frozenset[str] = frozenset()
    """Functions without a name of their own: arrow functions, function expressions, lambdas."""


def _grammar(
    name: str, definitions: dict[str, str], blocks: str, *, comments: str = "comment", strings: str = "", closures: str = ""
) -> Grammar:
    kinds = (frozenset(words.split()) for words in (blocks, comments, strings, closures))
    return Grammar(name, definitions, *kinds)


_JAVASCRIPT = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "class_declaration": "class",
    "method_definition": "method",
}
_TYPESCRIPT = _JAVASCRIPT | {
    "abstract_class_declaration": "class",
    "interface_declaration": "interface",
    "type_alias_declaration": "type",
    "enum_declaration": "enum",
    "internal_module": "module",
}
_SCRIPT_CLOSURES = "arrow_function function_expression generator_function"
_SCRIPT_BLOCKS = "statement_block class_body program switch_body"
_TYPED_BLOCKS = _SCRIPT_BLOCKS + " interface_body enum_body"
_C = {
    "function_definition": "function",
    "struct_specifier": "class",
    "union_specifier": "class",
    "enum_specifier": "enum",
    "type_definition": "type",
    "preproc_function_def": "function",
    "preproc_def": "constant",
}

_GRAMMARS = (
    _grammar(
        "python",
        {"function_definition": "function", "class_definition": "class"},
        "block module",
        strings="string",
        closures="lambda",
    ),
    _grammar("javascript", _JAVASCRIPT, _SCRIPT_BLOCKS, strings="string template_string", closures=_SCRIPT_CLOSURES),
    _grammar("typescript", _TYPESCRIPT, _TYPED_BLOCKS, strings="string template_string", closures=_SCRIPT_CLOSURES),
    _grammar("tsx", _TYPESCRIPT, _TYPED_BLOCKS, strings="string template_string", closures=_SCRIPT_CLOSURES),
    _grammar(
        "go",
        {"function_declaration": "function", "method_declaration": "method", "type_spec": "type"},
        "block source_file expression_switch_statement",
        strings="interpreted_string_literal raw_string_literal",
        closures="func_literal",
    ),
    _grammar(
        "rust",
        {
            "function_item": "function",
            "function_signature_item": "function",
            "struct_item": "class",
            "union_item": "class",
            "enum_item": "enum",
            "trait_item": "interface",
            "impl_item": "class",
            "mod_item": "module",
            "type_item": "type",
            "macro_definition": "function",
            "const_item": "constant",
            "static_item": "constant",
        },
        "block declaration_list source_file match_block field_declaration_list enum_variant_list",
        comments="line_comment block_comment",
        strings="string_literal raw_string_literal",
        closures="closure_expression",
    ),
    _grammar(
        "java",
        {
            "method_declaration": "method",
            "constructor_declaration": "method",
            "class_declaration": "class",
            "record_declaration": "class",
            "interface_declaration": "interface",
            "annotation_type_declaration": "interface",
            "enum_declaration": "enum",
        },
        "block class_body interface_body enum_body constructor_body switch_block program",
        comments="line_comment block_comment",
        strings="string_literal",
        closures="lambda_expression",
    ),
    _grammar(
        "c",
        _C,
        "compound_statement translation_unit field_declaration_list enumerator_list",
        strings="string_literal",
    ),
    _grammar(
        "cpp",
        _C
        | {
            "class_specifier": "class",
            "namespace_definition": "module",
            "alias_declaration": "type",
            "concept_definition": "type",
        },
        "compound_statement translation_unit field_declaration_list declaration_list enumerator_list",
        strings="string_literal raw_string_literal",
        closures="lambda_expression",
    ),
    _grammar(
        "csharp",
        {
            "method_declaration": "method",
            "constructor_declaration": "method",
            "local_function_statement": "function",
            "class_declaration": "class",
            "struct_declaration": "class",
            "record_declaration": "class",
            "interface_declaration": "interface",
            "enum_declaration": "enum",
            "namespace_declaration": "module",
        },
        "block declaration_list compilation_unit",
        strings="string_literal",
        closures="lambda_expression anonymous_method_expression",
    ),
    _grammar(
        "ruby",
        {"method": "method", "singleton_method": "method", "class": "class", "module": "module"},
        "body_statement program do_block then block",
        strings="string",
        closures="lambda",
    ),
    _grammar(
        "php",
        {
            "function_definition": "function",
            "method_declaration": "method",
            "class_declaration": "class",
            "trait_declaration": "class",
            "interface_declaration": "interface",
            "enum_declaration": "enum",
        },
        "compound_statement declaration_list program",
        strings="string encapsed_string",
        closures="anonymous_function arrow_function",
    ),
    _grammar(
        "kotlin",
        {"function_declaration": "function", "class_declaration": "class", "object_declaration": "class", "type_alias": "type"},
        "class_body enum_class_body statements source_file",
        comments="line_comment multiline_comment",
        strings="string_literal",
        closures="lambda_literal anonymous_function",
    ),
    _grammar(
        "swift",
        {
            "function_declaration": "function",
            "init_declaration": "method",
            "class_declaration": "class",
            "protocol_declaration": "interface",
        },
        "class_body enum_class_body protocol_body statements source_file",
        comments="comment multiline_comment",
        strings="line_string_literal",
        closures="lambda_literal",
    ),
    _grammar(
        "scala",
        {
            "function_definition": "function",
            "class_definition": "class",
            "object_definition": "class",
            "trait_definition": "interface",
            "enum_definition": "enum",
        },
        "template_body block indented_block compilation_unit",
        strings="string",
        closures="lambda_expression",
    ),
    _grammar("lua", {"function_declaration": "function"}, "block chunk", strings="string", closures="function_definition"),
    _grammar("bash", {"function_definition": "function"}, "compound_statement do_group program", strings="string raw_string"),
    _grammar(
        "solidity",
        {
            "function_definition": "function",
            "modifier_definition": "function",
            "contract_declaration": "class",
            "library_declaration": "class",
            "struct_declaration": "class",
            "interface_declaration": "interface",
            "enum_declaration": "enum",
        },
        "function_body contract_body block_statement source_file",
    ),
    _grammar("css", {}, "block stylesheet"),
    _grammar("hcl", {}, "body config_file"),
    _grammar("json", {}, "document"),
)

GRAMMARS: Mapping[str, Grammar] = {grammar.name: grammar for grammar in _GRAMMARS}
"""Grammars that we know the node kinds of. The library panics past ``Exception`` on a name that it does not carry, so this
table is the only way to it."""

_LANGUAGE_IDS: Mapping[str, str] = {
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
    "shellscript": "bash",
    "sh": "bash",
    "c++": "cpp",
    "cs": "csharp",
    "terraform": "hcl",
    "jsonc": "json",
    "golang": "go",
    "objective-c": "c",
    "py": "python",
    "python3": "python",
    "js": "javascript",
    "jsx": "javascript",
    "mjs": "javascript",
    "node": "javascript",
    "ts": "typescript",
    "rb": "ruby",
    "rs": "rust",
    "kt": "kotlin",
    "c#": "csharp",
    "cxx": "cpp",
    "zsh": "bash",
    "tf": "hcl",
}
"""Editors' languageIds that are not the grammar's own name."""


def grammar_of(language: str) -> Grammar | None:
    """The grammar for an editor's languageId; None when we have none."""
    return GRAMMARS.get(_LANGUAGE_IDS.get(language, language))
