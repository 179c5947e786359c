# SPDX-License-Identifier: Apache-2.0
"""Writes a page for each header that Doxygen has read: reference.py ROOT FOLDER XML..., XML being Doxygen's folders.

A page has each public name with its declaration and its comment; names.json says where each is, for the search.
The predicates of ACSL that a header's contracts use stand on its page as they are in the header. A primitive of the
kernel leads to the definition in the model that it has the name and the meaning of, and needs no other comment.
"""

import html
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

# Where headers are, how code includes them, and what tells those of one name apart.
PLACES = [
    (r"libpip/include/(pip/.*)", r"\1", ""),
    (r"libpip/cpp/.*", r"\g<0>", ""),
    (r"libpip/arch/host/include/(pip/.*)", r"\1", ""),
    (r"libpip/arch/x86/include/(pip/.*)", r"\1", ", x86"),
    (r"libpip/arch/armv7/include/(pip/.*)", r"\1", ", ARMv7"),
    (r"pipcore/mal/include/(pip/.*)", r"\1", ", kernel"),
    (r"pipcore/mal/x86/include/(pip/.*)", r"\1", ", kernel, x86"),
    (r"pipcore/arch/x86/include/(pip/.*)", r"\1", ", kernel, x86"),
]
# The pages of the model whose definitions the kernel's headers have in C.
MODEL = ["gallina/Types", "gallina/Primitives", "gallina/Machine"]
KINDS = {"function": "function", "define": "macro", "typedef": "type", "variable": "variable", "enum": "type"}
# What is a name in a comment that does not say so: files, and words that are none of a language.
NAMES = r"docs/[\w-]+\.md|[\w/]+\.(?:h|v|c|cc|md)|pip::[\w:]+\w|k[A-Z]\w+|[A-Z]+[a-z]+[A-Z]\w+|\w+_\w+(?:\.\w+)*"
NAME = re.compile(rf"(?<![\w`/])(?:(?:{NAMES}|\w+)\(\)|(?:{NAMES})(?![\w`]))")
ALIGNED = re.compile(r"\S {2,}\S.*\n.*\S {2,}\S|^  +\S", re.M)
SPECIFICATION = re.compile(r"^/\*@\s*(?:predicate|logic|axiomatic|lemma)\b.*?\*/", re.M | re.S)


def fail(text):
    """Ends with one line."""
    sys.exit(f"reference.py: {text}")


def prose(text):
    """The text of a comment as Markdown: pages become links, names become code."""
    def marked(found):
        if found[0].startswith("docs/"):
            page = found[0][len("docs/"):]
            return f"[](../{'services/index.md' if page == 'services.md' else page})"
        return f"`{found[0]}`"

    return NAME.sub(marked, re.sub(r"([*<\[])", r"\\\1", text))


def words(element):
    """The text of a comment, as Markdown."""
    text = prose(element.text or "")
    for part in element:
        inner = words(part)
        if part.tag == "computeroutput":
            inner = f"`{''.join(part.itertext())}`"
        elif part.tag == "para":
            inner += "\n\n"
        elif part.tag == "verbatim":
            inner = f"\n\n```text\n{(part.text or '').strip()}\n```\n\n"
        elif part.tag != "ref":
            fail(f"a comment has {part.tag}, which this program does not know")
        text += inner + prose(part.tail or "")
    return text


def plain(element):
    """The text of a declaration."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip() if element is not None else ""


def comment(element):
    """What the comments at a name say."""
    texts = [words(element.find(tag)) for tag in ("briefdescription", "detaileddescription")]
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", "\n\n".join(texts))).strip()


def cell(text):
    """A text in a table."""
    return " ".join(text.split()).replace("|", "\\|")


def code_cell(element):
    """A value in a table, if there is one."""
    text = cell(plain(element)).lstrip("= ")
    return f"`{text}`" if text else ""


def public(member):
    """Whether users see a member."""
    return member.get("prot") == "public" and "@" not in member.findtext("name")


def tidy(code):
    """A declaration as one writes it."""
    code = re.sub(r"\b(static|inline|constexpr) ", "", code)
    code = re.sub(r"\s*([<>])\s*", lambda sign: sign[1] if sign[1] == "<" else "> ", code)
    code = re.sub(r"\)=(?=delete|default)", ") = ", re.sub(r" +([(),>&*])", r"\1", code))
    code = re.sub(r" [\w:]+::@\d+", "", code)  # Doxygen's name of what has none
    return re.sub(r"  +", " ", re.sub(r"(?<=[\w>*&])([*&])\s*(?=\w)", r"\1 ", code)).strip()


def broken(code):
    """A declaration in lines of at most 76 columns, if its arguments allow it."""
    before, bracket, arguments = code.partition("(")
    lines = [before + bracket]
    for argument in re.split(r"(?<=,) ", arguments):
        if len(lines[-1]) + len(argument) > 76 and lines[-1].strip():
            lines.append(" " * min(len(before) + 1, 24))
        lines[-1] += argument if lines[-1].endswith((" ", "(")) else " " + argument
    return "\n".join(lines) if len(code) > 76 and "," in arguments else code


class Header:
    """The page of one header."""

    def __init__(self, place, root, model):
        self.model = model if place.startswith("pipcore/") else None
        self.place = place
        for pattern, title, addition in PLACES:
            if re.fullmatch(pattern, place):
                self.title = re.sub(pattern, title, place) + addition
                break
        else:
            fail(f"{place}: this place is none of those known")
        self.name = re.sub(r"\W+", "-", place)
        self.language = "c++" if "/cpp/" in place else "c"
        self.text = (root / place).read_text(encoding="utf-8")
        self.members, self.compounds, self.rows = [], [], []

    def about(self):
        """What stands at the head of the file, without the licence."""
        head = re.split(r"^#", self.text, maxsplit=1, flags=re.M)[0]
        lines = [re.sub(r"^(?:/\*+ ?|// ?| \* ?|   (?=\S)|   )|\s*\*/$", "", re.sub(r"\s*\*/$", "", line))
                 for line in head.splitlines() if "SPDX" not in line]
        paragraphs = "\n".join(lines).strip().split("\n\n")
        # What is aligned or indented stays so.
        return "\n\n".join(f"```text\n{text}\n```" if ALIGNED.search(text) else prose(text) for text in paragraphs)

    def anchor(self, name, kind):
        """A place on the page where a name is."""
        place = re.sub(r"[^\w]+", ".", name)
        if all(row["anchor"] != place for row in self.rows):
            self.rows.append({"name": name, "kind": f"{'C++' if self.language == 'c++' else 'C'} {kind}",
                              "page": f"api/{self.name}", "anchor": place})
            return f'<a id="{html.escape(place)}"></a>'
        return ""

    def about_member(self, element):
        """The comment of a member, and where the model has it."""
        text, name = comment(element), element.findtext("name") or element.findtext("compoundname")
        if self.model is None:
            return text
        twin = self.model.get(re.sub(r"^pip_|_t$", "", name))
        if twin:
            page = twin["page"].partition("/")[2]
            return f'{text}\n\n<a href="../gallina/{page}.html#{twin["anchor"]}">In the model</a>'.strip()
        if not text and name not in self.about():
            fail(f"{self.place}: {name} has no comment, there or at the file's head, and no definition in the model")
        return text

    def section(self, name, kind, code, text, level=2):
        """A name with its declaration and its comment."""
        anchor = self.anchor(name, kind)
        code = broken(code)
        # One that has the name of the one before is its overload.
        title = [anchor, "", f"{'#' * level} `{name}`", ""] if anchor else []
        return [*title, f"```{{code-block}} {self.language}", code, "```", "", text, ""]

    @staticmethod
    def table(head, rows):
        """A table without its empty columns."""
        kept = [column for column in range(len(head)) if any(row[column] for row in rows)]
        lines = [head, ["---"] * len(head), *rows]
        return ["| " + " | ".join(line[column] for column in kept) + " |" for line in lines] + [""] if kept else []

    def function(self, element, scope, level):
        """A function."""
        name = element.findtext("name")
        code = tidy(f"{plain(element.find('type'))} {name}{plain(element.find('argsstring'))}")
        return self.section(scope + name, "function", code + ";", self.about_member(element), level)

    def enumeration(self, element, scope, level):
        """An enumeration with its values."""
        name = element.findtext("name")
        shown = name if name and "@" not in name else ""
        section = self.section(scope + name, "type", f"enum {name}", self.about_member(element), level) if shown else [
            comment(element), ""]
        if element.get("strong") == "yes":
            scope += f"{name}::"
        return section + self.table(["name", "value", "meaning"], [
            [f"{self.anchor(scope + value.findtext('name'), 'constant')}`{scope}{value.findtext('name')}`",
             code_cell(value.find("initializer")), cell(comment(value))]
            for value in element.findall("enumvalue")])

    def member(self, element, scope="", level=2):
        """A member with a section of its own."""
        kind, name = element.get("kind"), element.findtext("name")
        if kind == "function":
            return self.function(element, scope, level)
        if kind == "enum":
            return self.enumeration(element, scope, level)
        code = element.findtext("definition") or name
        if kind == "define":
            names = [parameter.findtext("defname") or "" for parameter in element.findall("param")]
            code = f"#define {name}{'(' + ', '.join(names) + ')' if names else ''} " \
                   f"{plain(element.find('initializer'))}"
        code = code if kind == "define" else tidy(code)
        return self.section(scope + name, KINDS[kind], code, self.about_member(element), level)

    def compound(self, element):
        """A class or a structure with its members."""
        name = element.findtext("compoundname").replace("pip::", "")
        found = [member for member in element.iter("memberdef") if public(member)]
        lines = self.section(name, "type", f"{element.get('kind')} {name}", self.about_member(element))
        fields = [member for member in found if member.get("kind") == "variable"]
        lines += self.table(["field", "type", "meaning"], [
            [f"{self.anchor(name + '.' + field.findtext('name'), 'field')}`{field.findtext('name')}"
             f"{plain(field.find('argsstring'))}`",
             f"`{tidy(plain(field.find('type')))}`", cell(comment(field))]
            for field in fields])
        for member in found:
            if member.get("kind") != "variable":
                lines += self.member(member, f"{name}::", 3)
        return lines

    def page(self):
        """The text of the page."""
        lines = [f"# {self.title}", "", f"`{self.place}`", "", self.about(), ""]
        specification = SPECIFICATION.findall(self.text)
        if specification:
            lines += ["## Words of the contracts", "", "```text", *specification, "```", ""]
        values = [member for member in self.members if member.get("kind") in ("define", "variable")
                  and member.find("initializer") is not None and not member.findall("param")]
        pieces = [(int(element.find("location").get("line")), "compound", element) for element in self.compounds]
        pieces += [(int(element.find("location").get("line")), "member", element) for element in self.members
                   if element not in values]
        for _, kind, element in sorted(pieces, key=lambda piece: piece[0]):
            lines += self.compound(element) if kind == "compound" else self.member(element)
        rows = [[f"{self.anchor(value.findtext('name'), 'constant')}`{value.findtext('name')}`",
                 code_cell(value.find("initializer")), cell(self.about_member(value))]
                for value in values]
        if rows:
            lines += ["## Constants", "", *self.table(["name", "value", "meaning"], rows)]
        return "\n".join(lines) + "\n"


def headers(folder, root, model):
    """The headers that one run of Doxygen has read."""
    compounds = [element for file in sorted(folder.glob("*.xml")) if file.stem not in ("index", "Doxyfile")
                 for element in xml.parse(file).getroot().findall("compounddef")]
    found = {}
    for element in compounds:
        if element.get("kind") == "file":
            place = element.find("location").get("file")
            found[place] = Header(place, root, model)
    seen = set()
    for element in compounds:
        if element.get("kind") in ("class", "struct") and element.get("prot", "public") == "public":
            if "@" not in element.findtext("compoundname"):
                found[element.find("location").get("file")].compounds.append(element)
        elif element.get("kind") in ("file", "namespace"):
            for member in element.iter("memberdef"):
                kept = public(member) or member.get("kind") == "enum"
                if kept and member.get("id") not in seen:
                    seen.add(member.get("id"))
                    found[member.find("location").get("file")].members.append(member)
    return list(found.values())


def main():
    root, folder = map(pathlib.Path, sys.argv[1:3])
    rows, model, files = [], {}, {}
    for row in json.loads((folder.parent / "gallina/names.json").read_text(encoding="utf-8")):
        if row["page"] in MODEL:
            model.setdefault(row["name"], row)
    folder.mkdir(parents=True, exist_ok=True)
    for run in sys.argv[3:]:
        for header in headers(pathlib.Path(run), root, model):
            (folder / f"{header.name}.md").write_text(header.page(), encoding="utf-8")
            rows += header.rows
            files[header.place] = f"api/{header.name}"
            # As partitions include it.
            if header.place.startswith("libpip/") and ", " not in header.title:
                files[header.title] = f"api/{header.name}"
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")
    (folder / "names.json").write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
