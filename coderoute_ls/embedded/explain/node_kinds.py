"""What the nodes of each grammar mean for an explanation (data). Names of kinds are the grammars' own."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kinds:
    branches: frozenset[str]
    """Each opens one more way through the code."""
    loops: frozenset[str]
    returns: frozenset[str]
    raises: frozenset[str]
    handlers: frozenset[str]
    calls: frozenset[str]
    yields: frozenset[str]
    functions: frozenset[str]
    """What runs later, not where it is."""
    assignments: frozenset[str]
    own: str = "this"
    """What a method calls its object."""


_NAMES = ("branches", "loops", "returns", "raises", "handlers", "calls", "yields", "functions", "assignments")


def _kinds(own: str = "this", **words: str) -> Kinds:
    return Kinds(**{name: frozenset(words.get(name, "").split()) for name in _NAMES}, own=own)


_SCRIPT = _kinds(
    branches="if_statement ternary_expression switch_case",
    loops="for_statement for_in_statement while_statement do_statement",
    returns="return_statement",
    raises="throw_statement",
    handlers="catch_clause",
    calls="call_expression new_expression",
    yields="yield_expression",
    functions="function_declaration generator_function_declaration function_expression generator_function arrow_function "
    "method_definition class_declaration class",
    assignments="assignment_expression augmented_assignment_expression update_expression",
)
_C = _kinds(
    branches="if_statement conditional_expression case_statement",
    loops="for_statement while_statement do_statement for_range_loop",
    returns="return_statement",
    raises="throw_statement",
    handlers="catch_clause",
    calls="call_expression new_expression",
    functions="lambda_expression function_definition",
    assignments="assignment_expression update_expression",
)

KINDS: Mapping[str, Kinds] = {
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": _kinds(
        branches="if_statement expression_case type_case communication_case",
        loops="for_statement",
        returns="return_statement",
        calls="call_expression",
        functions="func_literal function_declaration method_declaration",
        assignments="assignment_statement inc_statement dec_statement",
        own="",
    ),
    "rust": _kinds(
        branches="if_expression match_arm",
        loops="for_expression while_expression loop_expression",
        returns="return_expression",
        calls="call_expression macro_invocation",
        functions="closure_expression function_item",
        assignments="assignment_expression compound_assignment_expr",
        own="self",
    ),
    "java": _kinds(
        branches="if_statement ternary_expression switch_label",
        loops="for_statement enhanced_for_statement while_statement do_statement",
        returns="return_statement",
        raises="throw_statement",
        handlers="catch_clause",
        calls="method_invocation object_creation_expression",
        functions="lambda_expression method_declaration constructor_declaration class_declaration",
        assignments="assignment_expression update_expression",
    ),
    "c": _C,
    "cpp": _C,
}
"""Grammar → its kinds. Languages that are missing get no explanation from the engine."""
