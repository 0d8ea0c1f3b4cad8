"""fold_letters: what a letter is folded to, where that is not the letter itself."""

from schemas.columns import text
from schemas.table import Table

FOLD_LETTERS = Table(
    name="fold_letters",
    grain="letter that folding changes",
    doc="How matching evens out letters: width, case, accents, Traditional and regional forms, other digits. "
    "The macro `fold` goes by it, so that SQL folds a text as matching does.",
    columns=(
        text("letter", "One letter, number, mark or symbol.", "學"),
        text("folded", "What stands for it, one letter or several; empty where it is dropped.", "学"),
    ),
    key=("letter",),
)
