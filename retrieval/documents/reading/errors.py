"""Why a file could not be read, by a stable code that texts/zh-CN/documents.yml puts into words."""

from retrieval.documents.model import Place


class UnreadableError(Exception):
    """A file that gives nothing to store; `code` is a key of documents.error in the texts, `values` fill it.

    empty, corrupt, encrypted, too_large, too_long, archive_bomb, unknown_format, convert_first (an old or
    rare format that its own program can save anew), no_text, needs_ocr, too_many_scans, no_access,
    not_a_question_table, bad_columns, out_of_memory, timed_out, crashed.
    """

    def __init__(self, code: str, place: Place | None = None, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.place = place or Place()
        self.values = values

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.code} ({details})" if details else self.code
