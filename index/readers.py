"""The bytes of a file into its canonical text: one function a format, through kept libraries.

| format  | library            | why                                                                                  |
|---------|--------------------|--------------------------------------------------------------------------------------|
| txt, md | charset-normalizer | the file as it is, decoded; detection only where it is neither marked nor UTF-8      |
| html    | selectolax         | the Lexbor HTML5 parser: takes any input, has no entities to expand                  |
| pdf     | pypdfium2          | PDFium, the PDF code of Chrome: fuzzed for years, keeps words and reading order      |
| docx    | python-docx        | finds the parts of the package; its XML parser expands no entities                   |

A date or a publisher is taken from a file only where the format has a field for it (HTML). The dates in PDF and Word
say when a file was made, not when its text was published.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from index.errors import FileError
from index.files import as_date

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

VERSION = 2  # grows when the same bytes would give another text: an index of another version is rebuilt

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECT_BYTES = 256_000
_LATIN = re.compile(
    r"cp(?:125[0247]|437|775|85\d|86\d)|iso8859_(?:[1-4]|9|1[03456])|latin_1|mac_(?:roman|latin2|iceland|turkish)|hp_roman8"
)
_CENTRAL_EUROPE = frozenset(("Polish", "Czech", "Slovak", "Hungarian", "Croatian", "Slovene", "Romanian"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_MAX_UNZIPPED = 200_000_000
_MAX_ZIP_PARTS = 10_000

_HTML_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_HTML_DROPPED = (
    "script", "style", "noscript", "template", "nav", "svg", "math", "iframe", "object", "embed", "canvas", "audio",
    "video", "button", "select", "textarea", "dialog",
)  # fmt: skip
_HTML_HIDDEN = '[hidden], [role="navigation"], [style*="display:none"], [style*="display: none"]'
_HTML_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span"
    " strike strong sub sup time tt u var wbr img input".split()
)
_HTML_MAIN = ("main", '[role="main"]', "article")
_HTML_UNCLOSED = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd td th tr thead tbody tfoot option"
    b" optgroup colgroup".split()
)
_HTML_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HTML_MAX_DEPTH = 5_000  # the time to parse grows with the square of the depth
_MAIN_SHARE = 0.3  # a <main> with less of the page's text than this is not where the text is

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_TEXT = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_WORD_SKIPPED = ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",)

_FILE_TITLE = re.compile(
    r"(?:microsoft word - .*|untitled.*|about:.*|https?://.*|document\d*|.*\.(?:docx?|odt|pptx?|xlsx?|pdf|indd|tex|rtf|html?|md|txt))",
    re.IGNORECASE,
)
_PDFIUM = Lock()  # PDFium is not safe to call from two threads


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader got out of a file: the canonical text, page starts (PDF) and what the file says about itself."""

    text: str
    pages: tuple[int, ...] = ()
    title: str | None = None
    publisher: str | None = None
    published: date | None = None


def read(name: str, data: bytes) -> Content:
    """The content of the file called `name`. Raises FileError with a sentence that says what to do."""
    short = PurePosixPath(name).name
    if not data:
        raise FileError(f"{short} is empty (zero bytes): fill it or take it away.")
    reader = _READERS.get(PurePosixPath(name).suffix.lower())
    if reader is None:
        raise FileError(f"{short} is not of a kind that is read: use {' '.join(_READERS)}.")
    try:
        content = reader(short, data)
    except FileError:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever a parser makes of a hostile file, the others go on
        raise FileError(
            f"{short} is damaged or is not what its name says ({type(error).__name__}): open it, save it again, sync."
        ) from error
    if not content.text.strip():
        raise FileError(f"{short} holds no text that can be read: fill it, or take it away.")
    return content


def decoded(name: str, data: bytes, hint: str | None = None) -> str:
    """`data` as text: by its byte order mark, `hint`, as UTF-8, else as detected. Raises FileError when it is none."""
    text = next((text for text in _decodings(data, hint) if text is not None), None)
    if text is None or len(_CONTROL.findall(text[:100_000])) > 0.02 * min(len(text), 100_000):
        raise FileError(f"{name} is not text, or in an unknown encoding: save it as UTF-8, or take it away.")
    return _SURROGATE.sub("\ufffd", text)


def _decodings(data: bytes, hint: str | None) -> Iterator[str | None]:
    """What `data` may say, the likeliest first; None where an encoding does not fit."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            yield _as(data, encoding)
    if hint is not None:
        yield _as(data, hint)
    if b"\0" in data[:1000]:
        sample = data[:1000]
        yield _as(data, "utf-16-le") if sample[1::2].count(0) > 0.4 * len(sample) / 2 else None
        yield _as(data, "utf-16-be") if sample[0::2].count(0) > 0.4 * len(sample) / 2 else None
    yield _as(data, "utf-8")
    yield _nearly_utf8(data)
    yield _detected(data)


def _as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes: a detector would take it for a legacy code page and spoil every other letter."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", text))
    return text if good >= 10 * bad else None


def _detected(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:_DETECT_BYTES])
    best = matches.best()
    if best is None:
        return None
    encoding = best.encoding
    if _LATIN.fullmatch(encoding):  # many of these fit equally well: the Windows ones are what is found in files
        equal = {name for match in matches if match.chaos <= best.chaos for name in match.could_be_from_charset}
        usual = "cp1250" if best.language in _CENTRAL_EUROPE else "cp1252"
        encoding = usual if usual in equal else encoding
    return _as(data, encoding)


def _read_text(name: str, data: bytes) -> Content:
    return Content(decoded(name, data))


def _read_html(name: str, data: bytes) -> Content:
    from selectolax.lexbor import LexborHTMLParser

    if _html_depth(data) > _HTML_MAX_DEPTH:
        raise FileError(f"{name} nests more than {_HTML_MAX_DEPTH} elements: simplify it, or save it as text.")
    charset = _HTML_CHARSET.search(data[:4096])
    tree = LexborHTMLParser(decoded(name, data, charset.group(1).decode() if charset else None))
    title = _html_meta(tree, "og:title") or _html_text(tree.css_first("head title")) or _html_text(tree.css_first("h1"))
    published = next(
        (value for key in ("article:published_time", "datePublished", "dc.date", "dcterms.date", "date", "pubdate")
         if (value := as_date(_html_meta(tree, key)))), None,
    )  # fmt: skip
    publisher = _html_meta(tree, "og:site_name") or _html_meta(tree, "publisher") or _html_meta(tree, "dc.publisher")
    tree.strip_tags(list(_HTML_DROPPED))
    for node in tree.css(_HTML_HIDDEN):
        node.decompose()
    return Content(_html_body(tree), (), title, publisher, published)


def _html_depth(data: bytes) -> int:
    """How deep the elements nest at most, counting those whose end tag may not be left out."""
    depth = deepest = 0
    for match in _HTML_TAG.finditer(data):
        if match.group(2).lower() not in _HTML_UNCLOSED:
            depth = max(0, depth + (-1 if match.group(1) else 1))
            deepest = max(deepest, depth)
    return deepest


def _html_meta(tree: LexborHTMLParser, key: str) -> str | None:
    for attribute in ("property", "name", "itemprop"):
        node = tree.css_first(f'meta[{attribute}="{key}" i]')
        value = (node.attributes.get("content") or "").strip() if node is not None else ""
        if value:
            return value
    return None


def _html_text(node: LexborNode | None) -> str | None:
    return " ".join(node.text().split()) or None if node is not None else None


def _html_body(tree: LexborHTMLParser) -> str:
    """The text of the page, a blank line between blocks; of its main part where that holds a good share of it."""
    whole = _html_rendered(tree.body) if tree.body is not None else ""
    for selector in _HTML_MAIN:
        nodes = tree.css(selector)
        if len(nodes) == 1 and len(text := _html_rendered(nodes[0])) >= _MAIN_SHARE * len(whole):
            return text
    return whole


def _html_rendered(root: LexborNode) -> str:
    parts: list[str] = []
    lists: list[int] = []  # of each list that is open: -1 when its items have bullets, else the number of the last one
    mark = ""  # of the item that has no text yet
    for event, tag, text in _html_events(root):
        if tag == "-text":
            parts.append(mark + text.lstrip() if mark and text.strip() else text)
            mark = "" if text.strip() else mark
        elif tag in ("ul", "ol"):
            parts.append("\n\n")
            if event == "start":
                lists.append(-1 if tag == "ul" else 0)
            elif lists:
                lists.pop()
        elif tag == "li":
            parts.append("\n\n")
            numbered = bool(lists) and lists[-1] >= 0
            if event == "start" and numbered:
                lists[-1] += 1
            mark = (f"{lists[-1]}. " if numbered else "• ") if event == "start" else ""
        elif tag == "br":
            parts.append("\n" if event == "start" else "")
        elif tag in ("td", "th"):
            parts.append(" | " if event == "end" else "")
        elif tag not in _HTML_INLINE and not tag.startswith("-"):
            parts.append("\n\n")
    lines = (re.sub(r"[ \t]+", " ", line).strip(" |") for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _html_events(root: LexborNode) -> Iterator[tuple[str, str, str]]:
    """(start or end, tag, text) of every node below `root`, without recursion: documents may nest 100,000 deep."""
    preformatted = 0
    node, depth = root.first_child, 1
    while node is not None and depth:
        tag = str(node.tag)
        preformatted += tag == "pre"
        raw = (node.text_content or "") if tag == "-text" else ""
        yield "start", tag, raw if preformatted else re.sub(r"\s+", " ", raw)
        if node.first_child is not None:
            node, depth = node.first_child, depth + 1
            continue
        while node is not None:
            preformatted -= node.tag == "pre"
            yield "end", "-end" if node.tag == "-text" else str(node.tag), ""
            if node.next is not None:
                node = node.next
                break
            node, depth = node.parent, depth - 1
            if not depth:
                return


def _read_pdf(name: str, data: bytes) -> Content:
    import pypdfium2  # type: ignore[import-untyped,unused-ignore]

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower() or "security" in str(error).lower():
                raise FileError(f"{name} is encrypted: save a copy without a password and sync again.") from error
            raise
        try:
            texts = [_pdf_page(document, number) for number in range(len(document))]
            title = (document.get_metadata_dict().get("Title") or "").strip()
        finally:
            document.close()
    if not any(text.strip() for text in texts):
        raise FileError(f"{name} holds pictures of pages, no text: run it through OCR first, then sync again.")
    starts = [0]
    for text in texts[:-1]:
        starts.append(starts[-1] + len(text))
    return Content("".join(texts), tuple(starts), None if not title or _FILE_TITLE.fullmatch(title) else title)


def _pdf_page(document: Any, number: int) -> str:
    """The text of one page, ending in a newline; a word broken over two lines is whole again."""
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            raw = text_page.get_text_range()
        finally:
            text_page.close()
    finally:
        page.close()
    whole = re.sub(r"[\x02\ufffe\xad]\s*\n?", "", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", whole)).strip() + "\n"


def _read_docx(name: str, data: bytes) -> Content:
    import docx

    _check_zip(name, data)
    document = docx.Document(BytesIO(data))
    text = "\n\n".join(_word_blocks(document.element.body)).strip() + "\n"
    title = (document.core_properties.title or "").strip()
    return Content(_SURROGATE.sub("\ufffd", text), (), None if not title or _FILE_TITLE.fullmatch(title) else title)


def _check_zip(name: str, data: bytes) -> None:
    """Raises FileError for what is no zip, is encrypted, or would unpack to more than fits."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(f"{name} is encrypted or in the old .doc format: save it as .docx without a password.")
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except BadZipFile as error:
        raise FileError(
            f"{name} is damaged or is not a .docx: open it in Word or LibreOffice and save it again."
        ) from error
    if sum(part.file_size for part in parts) > _MAX_UNZIPPED or len(parts) > _MAX_ZIP_PARTS:
        raise FileError(f"{name} unpacks to more than {_MAX_UNZIPPED // 1_000_000} MB: split it, or take it away.")


def _word_blocks(parent: Any) -> Iterator[str]:
    """Paragraphs and table rows in order; what is inserted or in a content control counts, what is deleted does not."""
    for element in parent:
        if element.tag == f"{_W}p":
            if text := "".join(_word_runs(element)).strip():
                yield f"• {text}" if _word_item(element) else text
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                cells = (" ".join(_word_blocks(cell)) for cell in row if cell.tag == f"{_W}tc")
                if text := " | ".join(cell for cell in cells if cell):
                    yield text
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _word_blocks(element)


def _word_item(paragraph: Any) -> bool:
    """Whether a paragraph is an item of a list: by its own numbering, or by the name of its style."""
    style = paragraph.style or ""
    numbering = paragraph.find(f"{_W}pPr/{_W}numPr")
    return str(style).startswith("List") or (numbering is not None and not str(style).startswith("Heading"))


def _word_runs(paragraph: Any) -> Iterator[str]:
    for element in paragraph:
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in _WORD_TEXT:
            yield _WORD_TEXT[element.tag]
        elif element.tag == f"{_W}p":  # a text box inside a paragraph
            yield "\n" + "".join(_word_runs(element))
        elif element.tag not in _WORD_SKIPPED:
            yield from _word_runs(element)


_READERS: dict[str, Callable[[str, bytes], Content]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".markdown": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
}
