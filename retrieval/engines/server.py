"""Where a Milvus server is; apart from its client, so that settings need not load that."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MilvusServer:
    """`uri` is an address, or the path of a milvus-lite file; collections begin with `collection`, so that
    several deployments can share one server."""

    uri: str
    token: str = field(default="", repr=False)
    collection: str = "union_assistant"
