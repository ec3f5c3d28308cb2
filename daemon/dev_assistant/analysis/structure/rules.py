"""The rules of structure, their limits, and where the limits come from.

Limits are checked against django and sympy: no rule tells more than one finding in eight files there
(benchmarks/structure.py --findings).
"""

from __future__ import annotations

from dev_assistant.analysis.rules import Rule
from dev_assistant.model import Category, Severity

MAX_METHODS = 20
"""Public methods of a class: pylint's max-public-methods (R0904)."""
MIN_PART = 2
"""Methods of a part of a class that counts in its cohesion: one alone is often a hook."""
MAX_LINES = 100
"""Lines of code of a function: SonarQube's python:S138; longer than any screen."""
MAX_PARAMETERS = 7
"""McConnell, Code Complete (2nd ed., 2004), section 7.5, and Checkstyle's ParameterNumber."""
MAX_NESTING = 5
"""Blocks: pylint's max-nested-blocks (R1702)."""
MIN_STATEMENTS = 10
"""Of a body that is compared (SonarQube's duplication threshold): shorter ones are alike by chance."""
_LONGEST_NAME = 40


def _rule(  # noqa: PLR0917  # the columns of the table below
    number: int, name: str, category: Category, rationale: str, example: str, hint: str
) -> Rule:
    return Rule(f"DA{number}", name, category, Severity.WARNING, rationale, example, hint)


def _class(methods: int) -> str:
    return "class Station:\n" + "".join(
        f"    def read_{number}(self):\n        return self.value\n\n" for number in range(methods)
    )


def _nested(depth: int) -> str:
    blocks = (f"{'    ' * level}if value > {level}:\n" for level in range(1, depth + 1))
    return "def sift(value):\n" + "".join(blocks) + "    " * (depth + 1) + "return value\n"


_SUM = """\
def {name}(orders):
    total = 0
    count = 0
    for order in orders:
        if order.void:
            continue
        total += order.price
        count += 1
    if not count:
        return None
    mean = total / count
    return mean
"""

MANY_METHODS = _rule(
    101,
    "many-methods",
    Category.DESIGN,
    "A class with many public methods answers for many things: each is a reason to change it, and "
    "whoever uses one depends on all (single responsibility). Counted are public methods of the class "
    "itself, a property once; tests (`test…`) are not.",
    _class(MAX_METHODS + 1),
    "move the methods that belong together to a class of their own",
)
LOW_COHESION = _rule(
    102,
    "low-cohesion",
    Category.DESIGN,
    "LCOM4 (Hitz and Montazeri 1995) counts the connected parts of a class: methods are connected when "
    "they use a common member of their object or one another. Parts that share nothing are classes of "
    "their own under one name. Looked at are classes without bases, for what is inherited may connect; "
    "special, static, class, abstract and empty methods and such that use no member do not count, nor "
    "do parts of one method, properties alone, abstract classes, protocols and mixins.",
    """\
class Office:
    def enter(self, visitor):
        self.visitors.append(visitor)

    def leave(self, visitor):
        self.visitors.remove(visitor)

    def heat(self, degrees):
        self.boiler.set(degrees)

    def cool(self):
        self.boiler.stop()
""",
    "split the class along the parts that the message names",
)
CONCRETE_DEPENDENCY = _rule(
    103,
    "concrete-dependency",
    Category.DESIGN,
    "A class that builds its collaborator in `__init__` and keeps it cannot be given another one, in a "
    "test or elsewhere (dependency inversion; Martin, Design Principles and Design Patterns, 2000). Not "
    "meant are builtins and the standard library, which are as stable as the language; exceptions; "
    "values (dataclasses, named tuples, enums) that the file itself defines; names that are parameters; "
    "members of the object or its class; and defaults (`given or Store()`), which leave the choice to "
    "the caller.",
    """\
from shop.storage import Database


class Orders:
    def __init__(self):
        self.database = Database("orders.db")
""",
    "take it as a parameter, and build it where the program is put together",
)
LONG_FUNCTION = _rule(
    104,
    "long-function",
    Category.DESIGN,
    "What does not fit on a screen is not read as a whole. Counted are lines of code, from `def` on, "
    "without blank lines, comments and the docstring.",
    "def sum_up(values):\n" + "    values.append(1)\n" * MAX_LINES,
    "move steps that have a name to functions of their own",
)
MANY_PARAMETERS = _rule(
    105,
    "many-parameters",
    Category.DESIGN,
    "A call with many arguments is easy to get wrong, and parameters that always travel together are a "
    "value without a name. `self`, `cls`, `*args` and `**kwargs` do not count; parameters by keyword "
    "alone count half, since a call names them and cannot mistake one for another.",
    "def draw(x, y, width, height, color, border, shadow, title):\n    return x\n",
    "put what belongs together into one value",
)
DEEP_NESTING = _rule(
    106,
    "deep-nesting",
    Category.DESIGN,
    "Each level is a condition to keep in mind for every line below it. Counted are blocks of if, for, "
    "while, with, try and match; a function within counts anew.",
    _nested(MAX_NESTING + 1),
    "return early, or move the inner block to a function of its own",
)
NOT_IMPLEMENTED = _rule(
    107,
    "not-implemented",
    Category.UNFINISHED,
    "A body that only raises NotImplementedError is promised and missing. A method that others have to "
    "fill in says so: by abstractmethod, by an abstract or base class (ABC, Protocol; a name with Base, "
    "Abstract, Mixin or Interface), by a class in the same file that does so, or in its own words "
    "(“subclasses must …”).",
    "def convert(value):\n    raise NotImplementedError\n",
    "implement it, or declare it abstract",
)
EMPTY_BODY = _rule(
    108,
    "empty-body",
    Category.UNFINISHED,
    "A function that does nothing is taken for one that works. With a docstring or a comment it does "
    "nothing on purpose; so do decorated functions, special methods, methods of classes with bases (a "
    "hook that is not needed), of protocols, and of base classes (a hook for others).",
    "def save(orders):\n    pass\n",
    "write it, or say in a comment why nothing has to be done",
)
DUPLICATE_BODY = _rule(
    109,
    "duplicate-body",
    Category.DESIGN,
    "The same statements in several functions are corrected in one and forgotten in the others. Bodies "
    "are compared without names of variables, literals, comments and docstring; those under ten "
    "statements are not compared.",
    _SUM.format(name="mean_price") + "\n\n" + _SUM.format(name="average").replace("order", "sale"),
    "keep one, and call it from the other places",
)
IMPORT_CYCLE = _rule(
    110,
    "import-cycle",
    Category.DESIGN,
    "Modules that import one another cannot be understood, tested or moved apart, and what works "
    "depends on which is imported first. Imports in functions and for types alone (TYPE_CHECKING) do "
    "not count.",
    "# shop/orders.py\nfrom shop import customers\n# shop/customers.py\nfrom shop.orders import Order\n",
    "move what both need to a third module",
)

RULES = (
    MANY_METHODS,
    LOW_COHESION,
    CONCRETE_DEPENDENCY,
    LONG_FUNCTION,
    MANY_PARAMETERS,
    DEEP_NESTING,
    NOT_IMPLEMENTED,
    EMPTY_BODY,
    DUPLICATE_BODY,
    IMPORT_CYCLE,
)
BY_ID = {rule.id: rule for rule in RULES}


def short(name: str) -> str:
    """A name as a message can hold it."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
