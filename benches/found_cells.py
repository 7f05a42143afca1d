"""How many of the amounts and codes that papers print stand in what a tool gave for them.

    found_cells.py TRUTH/lines.csv GIVEN INPUT

INPUT is the folder of the files that were read. GIVEN is a folder with a lines.csv (records), or with a folder for each file, named by the file's path, of texts (*.txt).
For each file in INPUT every amount of its lines in the truth must stand among the words given for it, each word once, and
every procedure and revenue code at all, for a heading may print one for many lines; amounts are compared by value without
sign. Where a word stands is not
asked, which favours tools that give words and no records. Words that nothing in the truth asks for are not counted.
"""

import collections
import csv
import pathlib
import re
import sys

AMOUNTS = (
    "charge allowed plan_discount not_covered deductible copay coinsurance plan_paid other_paid patient_paid "
    "patient_responsibility"
).split()
CODES = ["code", "revenue_code"]
AMOUNT = re.compile(r"\d[\d,]*\.\d\d(?!\d)")
CODE = re.compile(r"\b[A-Z]?\d{3,5}[A-Z]?\b")


def cells(row):
    """The cells of a row: amounts without separators, codes without the leading nought that papers print or leave out."""
    for f in AMOUNTS:
        yield from (a.replace(",", "") for a in AMOUNT.findall(row.get(f) or ""))
    for f in CODES:
        if row.get(f):
            yield "#" + row[f].lstrip("0")


def words(text):
    yield from (a.replace(",", "") for a in AMOUNT.findall(text))
    # A code may have its modifiers run on behind it.
    yield from ("#" + c.lstrip("0") for c in CODE.findall(AMOUNT.sub(" ", text)))


def by_file(path):
    out = collections.defaultdict(collections.Counter)
    for row in csv.DictReader(open(path, newline="")):
        out[row["path"].split("#")[0]].update(cells(row))
    return out


def given(folder):
    folder = pathlib.Path(folder)
    if (folder / "lines.csv").exists():
        return by_file(folder / "lines.csv")
    out = collections.defaultdict(collections.Counter)
    for text in folder.rglob("*.txt"):
        out[str(text.parent.relative_to(folder))].update(words(text.read_text(errors="replace")))
    return out


def main():
    truth, got, read = by_file(sys.argv[1]), given(sys.argv[2]), pathlib.Path(sys.argv[3])
    asked = found = 0
    for path, want in truth.items():
        if (read / path).exists():
            want = collections.Counter({w: 1 if w.startswith("#") else n for w, n in want.items()})
            asked += want.total()
            found += (want & got[path]).total()
    share = 100 * found / asked if asked else 0
    print(f"{share:.1f} % of {asked} amounts and codes")


main()
