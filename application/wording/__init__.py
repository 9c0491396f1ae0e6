"""The words in which decisions are told to people, in Dutch and English, wherever they are told."""
