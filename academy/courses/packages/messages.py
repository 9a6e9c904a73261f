"""The catalogue of findings: for each code its severity and its sentence."""

from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, tuple[Literal["error", "warning", "info"], LazyString]] = {
    # the archive
    "not-a-zip": ("error", _l("This file is not a zip archive.")),
    "zip-cut-off": (
        "error",
        _l("The zip archive ends too early: it was cut off on its way. Upload the file again."),
    ),
    "zip-broken": ("error", _l("The directory of the zip archive is damaged.")),
    "zip-several-parts": (
        "error",
        _l("The zip archive is split into several parts. Pack it as one file."),
    ),
    "zip-ambiguous": (
        "error",
        _l("The zip archive can be read in two ways, because its headers disagree. Pack the course again."),
    ),
    "zip-hidden-data": (
        "error",
        _l("The zip archive holds data that its directory does not list. Pack the course again."),
    ),
    "zip-overlap": ("error", _l("Entries of the zip archive overlap.")),
    "zip-encrypted": (
        "error",
        _l("The file is encrypted with a password. Pack the course without one."),
    ),
    "zip-method": (
        "error",
        _l(
            "The file is compressed with method %(method)s, which is not supported. "
            "Pack the course with ordinary zip compression (deflate)."
        ),
    ),
    "zip-too-many-files": ("error", _l("The archive holds %(count)s files; at most %(limit)s are allowed.")),
    "zip-too-large": (
        "error",
        _l("Unpacked, the archive would be larger than the limit of %(limit)s MB."),
    ),
    "zip-file-too-large": ("error", _l("Unpacked, the file would be larger than the limit of %(limit)s MB.")),
    "zip-ratio": (
        "error",
        _l(
            "The archive unpacks to more than %(limit)s times its size. This looks like "
            "an attack and is refused."
        ),
    ),
    "zip-size-wrong": ("error", _l("The size of the file is not the one that the archive states.")),
    "zip-checksum": (
        "error",
        _l("The file is damaged: its checksum is wrong. Pack or upload the course again."),
    ),
    "zip-special-file": ("error", _l("The entry is a link or a special file, not an ordinary file.")),
    "name-empty": ("error", _l("An entry of the archive has no name.")),
    "name-absolute": ("error", _l("The name of the entry is an absolute path.")),
    "name-parent": ("error", _l("The name of the entry leads out of the package (“..”).")),
    "name-control": ("error", _l("The name of the entry contains control characters.")),
    "name-device": ("error", _l("The name of the entry is a reserved device name of Windows.")),
    "name-too-long": ("error", _l("The name of the entry is too long or lies too deep in folders.")),
    "name-twice": ("error", _l("Two entries of the archive have the same name.")),
    "name-case-twins": (
        "warning",
        _l("Two files have names that differ only in upper and lower case: %(other)s."),
    ),
    "names-recoded": (
        "info",
        _l("The file names in the archive are not marked as UTF-8; they were read as %(encoding)s."),
    ),
    # the manifest as a file
    "no-manifest": ("error", _l("The archive holds no imsmanifest.xml, so it is not a SCORM package.")),
    "several-manifests": (
        "error",
        _l("The archive holds several packages: %(names)s. Upload each of them alone."),
    ),
    "manifest-in-folder": (
        "warning",
        _l("imsmanifest.xml is not at the top of the archive; this folder was taken as the package."),
    ),
    "manifest-name-case": ("warning", _l("The manifest should be called exactly imsmanifest.xml.")),
    "manifest-too-large": ("error", _l("The manifest is larger than %(limit)s MB.")),
    "manifest-too-many-elements": ("error", _l("The manifest has more than %(limit)s elements.")),
    "manifest-too-many-items": (
        "error",
        _l("The manifest has more than %(limit)s items, or multiplies into so many."),
    ),
    "xml-doctype": (
        "error",
        _l("The file declares a document type (DTD) or entities, which is not allowed."),
    ),
    "xml-broken": ("error", _l("The file is not well-formed XML: %(detail)s")),
    "xml-encoding": (
        "warning",
        _l("The file does not have the encoding that it declares; it was read as %(encoding)s."),
    ),
    "xml-blank-start": ("warning", _l("There is white space before the XML declaration; it was ignored.")),
    "xml-prefix": (
        "warning",
        _l("The file uses name prefixes that it does not declare; they were understood by name."),
    ),
    "manifest-root": ("error", _l("The root element of the manifest is “%(name)s”; “manifest” is expected.")),
    "standard-not-yet": (
        "error",
        _l("This was recognised as %(standard)s. This release of the Academy cannot play it yet."),
    ),
    "standard-unclear": (
        "warning",
        _l("The manifest does not say which standard it follows; it was read as SCORM 1.2."),
    ),
    "element-case": (
        "warning",
        _l("The name is written in the wrong letter case; “%(expected)s” is expected. It was understood."),
    ),
    # organizations and items
    "no-organization": (
        "warning",
        _l(
            "The manifest has no organization; one activity was made from the first "
            "resource that can be opened."
        ),
    ),
    "default-organization-missing": (
        "warning",
        _l("The default organization “%(identifier)s” does not exist; the first one was taken."),
    ),
    "several-organizations": (
        "info",
        _l("The package has %(count)s organizations; “%(chosen)s” is used."),
    ),
    "organization-without-content": (
        "warning",
        _l("Nothing in the organization “%(identifier)s” can be opened; “%(chosen)s” was taken instead."),
    ),
    "sub-manifest": ("info", _l("The manifest contains another manifest; its content was joined in.")),
    "identifier-missing": ("warning", _l("The element has no identifier; “%(identifier)s” was given to it.")),
    "identifier-twice": ("warning", _l("The identifier “%(identifier)s” is used more than once.")),
    "identifier-too-long": (
        "warning",
        _l("The identifier is longer than %(limit)s characters; it was cut."),
    ),
    "sub-manifest-circular": (
        "warning",
        _l("The manifest in the manifest refers back to itself; the item was left empty."),
    ),
    "resource-missing": (
        "warning",
        _l("The item refers to the resource “%(identifier)s”, which does not exist."),
    ),
    "resource-without-href": (
        "warning",
        _l("The resource “%(identifier)s” of this item names no file to open."),
    ),
    "dependency-missing": ("warning", _l("The resource depends on “%(identifier)s”, which does not exist.")),
    "mastery-score-invalid": (
        "warning",
        _l("The mastery score “%(value)s” is not a number from 0 to 100; it was ignored."),
    ),
    "time-invalid": (
        "warning",
        _l("The time “%(value)s” does not have the form HHHH:MM:SS; it was ignored."),
    ),
    "time-limit-action-invalid": (
        "warning",
        _l("The time limit action “%(value)s” is unknown; it was ignored."),
    ),
    "cluster-with-content": (
        "warning",
        _l("This item has items below it, so that it opens nothing itself; its file was left out."),
    ),
    "sequencing-unknown": (
        "warning",
        _l("The sequencing rules say “%(value)s”, which has no meaning here; that rule was left out."),
    ),
    "sequencing-missing": (
        "warning",
        _l("The sequencing rules refer to “%(identifier)s”, which the manifest does not hold."),
    ),
    "prerequisites-invalid": (
        "warning",
        _l(
            "The prerequisites “%(value)s” cannot be understood (at character "
            "%(position)s); they were ignored."
        ),
    ),
    "prerequisites-unknown": (
        "warning",
        _l("The prerequisites name “%(identifier)s”, which is no item of this package."),
    ),
    # files
    "launch-file-missing": (
        "warning",
        _l("The file that this item opens is not in the package: %(href)s. The item was left out."),
    ),
    "file-missing": ("warning", _l("The manifest lists a file that is not in the package: %(href)s")),
    "href-case": (
        "warning",
        _l("The manifest writes “%(href)s”; the file is found under a name in other letter case."),
    ),
    "href-outside": ("warning", _l("The address leads out of the package: %(href)s")),
    "external-launch": (
        "warning",
        _l(
            "The item opens an address outside of the package, which cannot report "
            "results: %(href)s. It was left out."
        ),
    ),
    "no-launchable-item": (
        "error",
        _l("Nothing in the package can be opened: no item leads to a file of the package."),
    ),
    "no-sco": (
        "info",
        _l("Nothing in the package reports results; each activity counts as completed once it was opened."),
    ),
    # content
    "outside-hosts-loaded": (
        "warning",
        _l("Files are loaded from %(hosts)s; this is blocked, and parts of the content may not work."),
    ),
    "outside-hosts-named": ("info", _l("The content names other hosts: %(hosts)s")),
    "looked-at-in-part": (
        "info",
        _l("Large text files were searched for other hosts only in their first part."),
    ),
    "flash": ("info", _l("The package contains Flash files (.swf), which no browser plays any more.")),
    "more-of-a-kind": ("info", _l("There are more findings of the kind “%(kind)s”: %(count)s.")),
}
