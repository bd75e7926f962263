"""How well spam is told from wanted mail, beside other filters on the same mail."""
