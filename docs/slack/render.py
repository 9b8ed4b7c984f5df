"""Draws a message's Block Kit JSON as SVG, the way Slack lays it out: `render.py message.snap > message.svg`.

It draws what is in the JSON and nothing else, so that the picture shows what reviewers are sent. What it does not
know it draws as the JSON it is.
"""

import html
import json
import re
import sys
import textwrap

WIDTH = 700
LEFT = 72
LINE = 20


class Page:
    def __init__(self):
        self.top, self.shapes = 20, []

    def text(self, runs, left=LEFT, size=15, advance=LINE):
        """One line: runs of (text, bold, code, colour)."""
        self.top += advance
        spans = []
        for text, bold, code, colour in runs:
            style = f'fill="{colour}"'
            style += ' font-weight="bold"' if bold else ""
            style += ' font-family="monospace" font-size="13"' if code else ""
            spans.append(f'<tspan {style} xml:space="preserve">{html.escape(text)}</tspan>')
        joined = "".join(spans)
        self.shapes.append(f'<text x="{left}" y="{self.top}" font-size="{size}">{joined}</text>')

    def frame(self, text):
        """A code block: every line in one frame."""
        lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, 70) or [""])]
        height = 18 * len(lines) + 14
        self.shapes.append(
            f'<rect x="{LEFT}" y="{self.top + 6}" width="{WIDTH - LEFT - 24}" height="{height}" rx="4" '
            'fill="#f8f8f8" stroke="#ddd"/>'
        )
        self.top += 8
        for line in lines:
            self.text([(line, False, True, "#1d1c1d")], LEFT + 10, 13, 18)
        self.top += 12

    def button(self, left, label, style):
        fill, ink = {"primary": ("#007a5a", "#fff"), "danger": ("#e01e5a", "#fff")}.get(style, ("#fff", "#1d1c1d"))
        width = 26 + 9 * len(label)
        self.shapes.append(
            f'<rect x="{left}" y="{self.top}" width="{width}" height="30" rx="4" fill="{fill}" stroke="#bbb"/>'
            f'<text x="{left + 12}" y="{self.top + 20}" font-size="14" font-weight="bold" fill="{ink}">'
            f"{html.escape(label)}</text>"
        )
        return left + width + 8


def plain(text):
    """What a field says: of our one field with markup, the date's own words."""
    return re.sub(r"<!date\^\d+\^[^|>]*\|([^>]*)>", r"\1", text)


def run(element):
    kind, style = element["type"], element.get("style", {})
    if kind == "usergroup":
        return ("@" + element["usergroup_id"], True, False, "#1264a3")
    if kind == "link":
        return (element.get("text", element["url"]), False, False, "#1264a3")
    code = style.get("code", False)
    return (element.get("text", json.dumps(element)), style.get("bold", False), code, "#c01343" if code else "#1d1c1d")


def rich(page, block):
    for part in block["elements"]:
        if part["type"] == "rich_text_preformatted":
            page.frame("".join(element.get("text", "") for element in part["elements"]))
        elif part["type"] == "rich_text_section":
            page.text([run(element) for element in part["elements"]])
        else:
            page.text([(json.dumps(part), False, True, "#c01343")])


def fields(page, block):
    cells = [plain(field["text"]).split("\n") for field in block["fields"]]
    for pair in zip(cells[::2], cells[1::2] + [[]] * (len(cells) % 2)):
        start, end = page.top, page.top
        for column, cell in enumerate(pair):
            page.top = start
            lines = [part for line in cell for part in textwrap.wrap(line, 33)]
            for at, line in enumerate(lines):
                page.text([(line, at == 0 and len(cell) > 1, False, "#1d1c1d")], LEFT + 300 * column)
            end = max(end, page.top)
        page.top = end + 6


def draw(blocks):
    page = Page()
    page.shapes.append('<rect x="20" y="18" width="36" height="36" rx="6" fill="#4a154b"/>')
    page.text([("guardrail", True, False, "#1d1c1d"), ("  APP", False, False, "#616061")], advance=14)
    for block in blocks:
        kind = block["type"]
        page.top += 6
        if kind == "header":
            page.text([(block["text"]["text"], True, False, "#1d1c1d")], size=18, advance=26)
        elif kind == "rich_text":
            rich(page, block)
        elif kind == "section" and "fields" in block:
            fields(page, block)
        elif kind == "section":
            page.text([(plain(block["text"]["text"]), False, False, "#1d1c1d")])
        elif kind == "actions":
            left = LEFT
            page.top += 8
            for element in block["elements"]:
                left = page.button(left, element["text"]["text"], element.get("style"))
            page.top += 34
        else:
            page.text([(json.dumps(block), False, True, "#c01343")])
    height = page.top + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="Lato, Helvetica, Arial, sans-serif">'
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>' + "\n".join(page.shapes) + "</svg>\n"
    )


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    # A snapshot has a head of its own.
    text = text.split("---\n", 2)[-1]
    sys.stdout.write(draw(json.loads(text)))


if __name__ == "__main__":
    main()
