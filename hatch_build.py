"""Put the front-end files and the compiled catalogues into the wheel."""

import importlib.util
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):
    """Build what is made from other files and therefore is not in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill academy/static/vendor and compile translations; for editable installs `make setup` does it."""
        if version == "editable":
            return
        root = Path(self.root)
        if _assets(root).main():
            raise RuntimeError("the front-end files are missing")
        for source in sorted(root.glob("translations/*/LC_MESSAGES/messages.po")):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text))
        build_data["artifacts"] += ["academy/static/vendor/**", "translations/**/*.mo"]


def _assets(root: Path) -> Any:
    specification = importlib.util.spec_from_file_location("build_assets", root / "tools/build_assets.py")
    if specification is None or specification.loader is None:
        raise RuntimeError("tools/build_assets.py is missing")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
