"""Where vectors are searched: exactly in memory, approximately in memory, or in Milvus.

    VectorEngine (engine.py)     what every engine does
    ├── Flat         exact, for collections that are read through in a few milliseconds
    ├── Approximate  inverted lists, above `choice.APPROXIMATE_FROM` vectors
    └── Milvus       in a server of its own, when one is configured

`choice.choose_engine` decides; `dense.Dense` is the only thing that talks to one.
"""
