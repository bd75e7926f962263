"""Numbers: facts that follow from the journal, and what is measured with them."""
