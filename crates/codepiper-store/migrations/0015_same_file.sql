-- Tell as well whether the file is still the one that was read: its inode (0: not known), and the
-- digest of the last bytes before `offset`.
ALTER TABLE transcripts ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
ALTER TABLE transcripts ADD COLUMN tail TEXT NOT NULL DEFAULT '';
