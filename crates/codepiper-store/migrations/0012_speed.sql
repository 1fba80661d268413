-- The index of words is merged in small steps by whoever fills it, never by itself at once.
INSERT INTO conversation_words (conversation_words, rank) VALUES
    ('automerge', 0), ('usermerge', 8), ('crisismerge', 256);
