"""Finding conversations.

Pure, without Django: ``vocabulary`` (rule types and operators), ``syntax`` (text to
rules and back), ``tokens`` and ``expressions`` (what the index is asked). The rest reads
rows: ``documents`` and ``indexing`` (what goes into the index), ``indexes`` (a module
for each kind of it), ``narrowing`` (what each rule type means) and ``finding``.
"""
