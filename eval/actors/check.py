#!/usr/bin/env python3
"""Is the built-in actor list sound, and where do other lists disagree with it?

    python3 eval/actors/check.py src/mention/data
    python3 eval/actors/check.py src/mention/data --countries countries.json
    python3 eval/actors/check.py src/mention/data --phoenix A.jsonl B.jsonl --holders JPN=japan.csv [--write]

Without an option the format alone is checked; any error there gives exit status 2.

`--countries` takes the file of github.com/mledoze/countries; it prints the names, capitals and demonyms
that the list lacks, for a person to judge.

`--phoenix` takes the Phoenix actor dictionaries as JSON lines (`code, name, aliases, valid_from,
valid_to, role`), `--holders` tables of a state's office holders (`person, start, end`, as
github.com/every-politician-scrapers exports them from Wikidata). Both are compared with the terms of
office in `people.csv`; an end of a term is confirmed by a date within a month. `--write` sets the
`checked:` and `unchecked` flags to what the sources given confirm; without it, a flag that names a
source given here and is not borne out is an error.
"""

import argparse
import csv
import datetime
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

HEADER = ["id", "name", "aliases", "kind", "parent", "from", "to", "case", "flags"]
FILES = ["states.csv", "bodies.csv", "groups.csv", "people.csv"]
KINDS = {"state", "body", "group", "company", "person"}
CASES = {"", "exact", "any"}
FLAGS = {"acronym", "ambiguous", "capital", "demonym", "epithet", "metonym", "surname", "unchecked"}
CHECKED = re.compile(r"^checked:(phoenix|wikidata)(-from|-to)?$")
PERSON_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
OTHER_ID = re.compile(r"^[A-Z0-9]+([-&][A-Z0-9]+)*$")
FIRST_DAY, LAST_DAY = datetime.date.min, datetime.date.max
# A month: Phoenix took most of its dates from monthly lists of office holders.
TOLERANCE = datetime.timedelta(days=31)
# Phoenix's cabinet lists begin on this day: there it says nothing about who took office.
LISTS_BEGIN = "2003-01-01"
# The last day that Phoenix knows of.
PHOENIX_END = datetime.date(2014, 7, 31)
# In mledoze's list, but nobody that speaks or is spoken to.
NO_ACTOR = {"ATA", "ATF", "BVT", "HMD", "SGS", "UMI"}
OTHER_CODE = {"UNK": "XKX"}


class Row:
    """One line of an actor file."""

    def __init__(self, path, line, values):
        self.path, self.line = path, line
        self.fields = dict(zip(HEADER, values))
        self.id = self.fields["id"]
        self.aliases = [a for a in self.fields["aliases"].split("|") if a] if self.fields["aliases"] else []
        self.flags = [f for f in self.fields["flags"].split("|") if f]
        self.start = self.end = None

    def where(self):
        return f"{self.path}:{self.line}"

    def bounds(self):
        return self.start or FIRST_DAY, self.end or LAST_DAY


def read(path, errors):
    """Reads one actor file; what cannot be read becomes an error."""
    rows = []
    with open(path, encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        if next(reader, None) != HEADER:
            errors.append(f"{path}:1: the header is not `{','.join(HEADER)}`")
            return rows
        for values in reader:
            if len(values) != len(HEADER):
                errors.append(f"{path}:{reader.line_num}: {len(values)} fields, not {len(HEADER)}")
                continue
            rows.append(Row(path, reader.line_num, values))
    return rows


def parse_dates(row, errors):
    for name, attribute in (("from", "start"), ("to", "end")):
        value = row.fields[name]
        if not value:
            continue
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise ValueError
            setattr(row, attribute, datetime.date.fromisoformat(value))
        except ValueError:
            errors.append(f"{row.where()}: `{name}` is not a date: `{value}`")
    if row.start and row.end and row.start > row.end:
        errors.append(f"{row.where()}: `from` is after `to`")


def check_fields(row, errors):
    fields = row.fields
    for value in fields.values():
        if value != value.strip() or value != unicodedata.normalize("NFC", value):
            errors.append(f"{row.where()}: stray space, or not in normal form C: `{value}`")
    if fields["kind"] not in KINDS:
        errors.append(f"{row.where()}: unknown kind `{fields['kind']}`")
    if fields["case"] not in CASES:
        errors.append(f"{row.where()}: unknown case `{fields['case']}`")
    pattern = PERSON_ID if fields["kind"] == "person" else OTHER_ID
    if not pattern.fullmatch(row.id):
        errors.append(f"{row.where()}: id `{row.id}` does not have the form of a {fields['kind']}'s id")
    for flag in row.flags:
        if flag not in FLAGS and not CHECKED.match(flag) and not flag.startswith("office:"):
            errors.append(f"{row.where()}: unknown flag `{flag}`")
    if fields["kind"] == "person" and bool(fields["parent"]) != any(f.startswith("office:") for f in row.flags):
        errors.append(f"{row.where()}: a term of office, and no other row, says which office: `office:ROLE`")
    for alias in fields["aliases"].split("|") if fields["aliases"] else []:
        if not alias or alias != alias.strip():
            errors.append(f"{row.where()}: an empty or badly spaced alias in `{fields['aliases']}`")
    for alias, n in Counter(row.aliases).items():
        if n > 1:
            errors.append(f"{row.where()}: alias `{alias}` stands there {n} times")


def check_actors(rows, errors):
    """Checks what concerns several rows: definitions, kinds, parents, empty actors."""
    by_id = defaultdict(list)
    for row in rows:
        by_id[row.id].append(row)
    for actor, own in by_id.items():
        first, kinds = own[0], {r.fields["kind"] for r in own}
        if not first.fields["name"]:
            errors.append(f"{first.where()}: the first row of `{actor}` has no name")
        if len(kinds) > 1:
            errors.append(f"{first.where()}: `{actor}` has several kinds: {', '.join(sorted(kinds))}")
        if not any(r.aliases for r in own):
            errors.append(f"{first.where()}: `{actor}` has no alias at all")
        if len({r.path for r in own}) > 1:
            errors.append(f"{first.where()}: `{actor}` is defined in several files")
        for row in own[1:]:
            if row.fields["name"]:
                errors.append(f"{row.where()}: a second definition of `{actor}`")
            if not row.aliases and not row.fields["parent"]:
                errors.append(f"{row.where()}: a row with neither alias nor parent")
        check_parents(actor, own, by_id, errors)


def check_parents(actor, own, by_id, errors):
    bound = [r for r in own if r.fields["parent"]]
    for row in bound:
        if row.fields["parent"] not in by_id:
            errors.append(f"{row.where()}: unknown parent `{row.fields['parent']}`")
        if row.fields["parent"] == actor:
            errors.append(f"{row.where()}: `{actor}` is its own parent")
    for i, one in enumerate(bound):
        for other in bound[i + 1:]:
            if one.fields["parent"] == other.fields["parent"]:
                continue
            (a, b), (c, d) = one.bounds(), other.bounds()
            if max(a, c) < min(b, d):
                errors.append(
                    f"{other.where()}: `{actor}` has the parents `{one.fields['parent']}` and "
                    f"`{other.fields['parent']}` at one time"
                )
    seen, queue = set(), [r.fields["parent"] for r in bound]
    while queue:
        parent = queue.pop()
        if parent == actor:
            errors.append(f"{own[0].where()}: `{actor}` is among its own forebears")
            return
        if parent not in seen:
            seen.add(parent)
            queue += [r.fields["parent"] for r in by_id.get(parent, []) if r.fields["parent"]]


def shared_aliases(rows):
    """Yields aliases that mean two actors at one time, and whether every such row says so."""
    existence = {}
    for row in rows:
        if row.fields["name"] and not row.fields["parent"]:
            existence[row.id] = row.bounds()
    uses = defaultdict(list)
    for row in rows:
        low, high = existence.get(row.id, (FIRST_DAY, LAST_DAY))
        start, end = row.bounds()
        # The dates of a defining row with a parent bound the affiliation, not the alias.
        if row.fields["name"] and row.fields["parent"]:
            start, end = FIRST_DAY, LAST_DAY
        for alias in row.aliases:
            uses[spoken(alias)].append((max(low, start), min(high, end), row, alias))
    for alias, found in sorted(uses.items()):
        clash = [
            (one[2], other[2])
            for i, one in enumerate(found) for other in found[i + 1:]
            if one[2].id != other[2].id and max(one[0], other[0]) <= min(one[1], other[1])
            and not (is_exact(one[2]) and is_exact(other[2]) and one[3] != other[3])
        ]
        if clash:
            marked = all({"ambiguous", "surname"} & set(row.flags) for pair in clash for row in pair)
            yield alias, clash, marked


def is_exact(row):
    return row.fields["case"] == "exact"


def spoken(alias):
    """What two aliases share if a text cannot tell them apart: letters, without case and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", alias.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("’", "'")))


def repeated_aliases(rows):
    """Yields aliases that one actor has twice at overlapping times."""
    uses = defaultdict(list)
    for row in rows:
        for alias in row.aliases:
            uses[row.id, alias].append(row)
    for (actor, alias), found in uses.items():
        for i, one in enumerate(found):
            for other in found[i + 1:]:
                (a, b), (c, d) = one.bounds(), other.bounds()
                if max(a, c) <= min(b, d):
                    yield f"{other.where()}: `{actor}` has the alias `{alias}` twice"


def check_format(folder):
    errors, rows = [], []
    for name in FILES:
        if (folder / name).exists():
            rows += read(folder / name, errors)
    for row in rows:
        parse_dates(row, errors)
        check_fields(row, errors)
    check_actors(rows, errors)
    errors += repeated_aliases(rows)
    shared = 0
    for alias, clash, marked in shared_aliases(rows):
        shared += 1
        if not marked:
            names = sorted({row.id for pair in clash for row in pair})
            errors.append(f"{clash[0][1].where()}: `{alias}` means {', '.join(names)} at one time, and is not flagged `ambiguous`")
    return rows, errors, shared


def compare_countries(rows, path):
    """Prints where mledoze/countries has a name, demonym or capital that the list lacks."""
    known, names = defaultdict(set), {}
    for row in rows:
        if row.fields["kind"] == "state":
            known[row.id].update(fold(a) for a in row.aliases)
            names.setdefault(row.id, row.fields["name"])
    n_same = n_differing = 0
    for country in json.loads(Path(path).read_text(encoding="utf-8")):
        code = OTHER_CODE.get(country["cca3"], country["cca3"])
        if code in NO_ACTOR:
            continue
        if code not in known:
            print(f"countries: {code} {country['name']['common']}: not in the list")
            n_differing += 1
            continue
        wanted = {
            "common name": [country["name"]["common"]],
            "official name": [country["name"]["official"]],
            "capital": country["capital"],
            "demonym": sorted(set(country["demonyms"].get("eng", {}).values())),
        }
        lacking = [
            f"{what} `{value}`" for what, values in wanted.items() for value in values
            if value and fold(value) not in known[code]
        ]
        n_same += not lacking
        n_differing += bool(lacking)
        if lacking:
            print(f"countries: {code} {names[code]}: lacks {', '.join(lacking)}")
    print(f"countries: {n_same} agree, {n_differing} differ, {len(NO_ACTOR)} left out on purpose")


def fold(text):
    """Lower case, without accents, articles and punctuation: for comparing, never for output."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("ı", "i").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L")
    return re.sub(r"^the ", "", " ".join(re.findall(r"[a-z0-9]+", plain.lower())))


def read_phoenix(paths):
    """Terms of office by folded name: lists of (country code, first day, last day)."""
    terms, seen = defaultdict(list), set()
    for path in paths:
        with open(path, encoding="utf-8") as handle:
            for line in handle:
                entry = json.loads(line)
                code = entry["code"] or ""
                is_office = code.startswith("IGO") or "GOV" in code or "REB" in code or "MIL" in code
                if not is_office or not (entry["valid_from"] or entry["valid_to"]):
                    continue
                start = entry["valid_from"] if entry["valid_from"] != LISTS_BEGIN else None
                for name in {fold(n) for n in [entry["name"], *entry["aliases"]]}:
                    key = (name, code[:6] if code.startswith("IGO") else code[:3], start, entry["valid_to"])
                    if key not in seen:
                        seen.add(key)
                        terms[name].append(key[1:])
    return terms


def read_holders(tables):
    """Terms of office by folded name from `STATE=FILE` tables: lists of (state, first day, last day)."""
    terms = defaultdict(list)
    for table in tables:
        state, _, path = table.partition("=")
        with open(path, encoding="utf-8", newline="") as handle:
            for entry in csv.DictReader(handle):
                terms[fold(entry["person"])].append((state, entry["start"], entry["end"]))
    return terms


def near(ours, theirs):
    """Whether two days are at most a month apart; years and months alone say nothing."""
    if not ours or not theirs or len(theirs) != len("2003-01-01"):
        return False
    return abs(ours - datetime.date.fromisoformat(theirs)) <= TOLERANCE


def confirmed(row, found):
    """Which ends of a term some entry confirms."""
    return any(near(row.start, t[1]) for t in found), any(near(row.end, t[2]) for t in found)


def earned_flags(row, found_by_source):
    """The flags that a term of office earns from the sources."""
    flags, has_start, has_end = [], not row.start, not row.end
    for source, found in found_by_source.items():
        start, end = confirmed(row, found)
        has_start, has_end = has_start or start, has_end or end
        if start and end:
            flags.append(f"checked:{source}")
        elif start or end:
            flags.append(f"checked:{source}-{'from' if start else 'to'}")
    return flags + ([] if has_start and has_end and flags else ["unchecked"])


def check_terms(rows, sources, errors):
    """Compares terms of office with the sources; returns the flags that each row should have."""
    people, names = [r for r in rows if r.fields["kind"] == "person"], defaultdict(set)
    states = {r.id for r in rows if r.fields["kind"] == "state"}
    for row in people:
        if "surname" not in row.flags:
            names[row.id].update(fold(a) for a in row.aliases)
        if row.fields["name"]:
            names[row.id].add(fold(row.fields["name"]))
    wanted, counts = {}, Counter()
    for row in people:
        parent = row.fields["parent"]
        if not parent:
            continue
        found = {
            source: [
                t for name in names[row.id] for t in terms.get(name, ())
                if t[0] == parent or (t[0].startswith("IGO") and parent not in states)
            ]
            for source, terms in sources.items()
        }
        earned = earned_flags(row, found)
        wanted[row.line] = [f for f in row.flags if not re.match("checked:|unchecked", f)] + earned
        counts["+".join(earned)] += 1
        claimed = {f for f in row.flags if CHECKED.match(f) and CHECKED.match(f)[1] in sources}
        if claimed - set(earned):
            errors.append(f"{row.where()}: `{row.id}` claims {', '.join(sorted(claimed - set(earned)))}, which is not borne out")
        for source, theirs in found.items():
            may_know = source != "phoenix" or (row.start and row.start <= PHOENIX_END)
            if theirs and may_know and not any(confirmed(row, theirs)):
                listed = ", ".join(sorted({f"{a or ''}..{b or ''}" for _, a, b in theirs}))
                print(f"{source}: {row.where()}: {row.id} {row.fields['from']}..{row.fields['to']}, there {listed}")
    print("terms:", ", ".join(f"{n} {flags}" for flags, n in sorted(counts.items())))
    return wanted


def write_flags(path, wanted):
    with open(path, encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        lines = [(reader.line_num, values) for values in reader]
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        for line, values in lines:
            if line in wanted:
                values[-1] = "|".join(wanted[line])
            writer.writerow(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder with the actor files")
    parser.add_argument("--countries", metavar="FILE", help="countries.json of mledoze/countries")
    parser.add_argument("--phoenix", metavar="FILE", nargs="+", help="Phoenix dictionaries as JSON lines")
    parser.add_argument("--holders", metavar="STATE=FILE", nargs="+", help="tables of a state's office holders")
    parser.add_argument("--write", action="store_true", help="set the flags of people.csv from the two")
    arguments = parser.parse_args()
    rows, errors, shared = check_format(arguments.folder)
    if arguments.countries:
        compare_countries(rows, arguments.countries)
    sources = {}
    if arguments.phoenix:
        sources["phoenix"] = read_phoenix(arguments.phoenix)
    if arguments.holders:
        sources["wikidata"] = read_holders(arguments.holders)
    if sources:
        wanted = check_terms(rows, sources, [] if arguments.write else errors)
        if arguments.write:
            write_flags(arguments.folder / "people.csv", wanted)
    for error in errors:
        print(error, file=sys.stderr)
    actors = Counter(r.fields["kind"] for r in rows if r.fields["name"])
    print(f"{len(rows)} rows, {sum(actors.values())} actors ({', '.join(f'{n} {k}' for k, n in sorted(actors.items()))}), "
          f"{sum(len(r.aliases) for r in rows)} aliases, {shared} shared at one time, {len(errors)} errors")
    return 2 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
