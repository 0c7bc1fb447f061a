"""Evidence into sentences: verbatim by default, by a language model when one is set."""
