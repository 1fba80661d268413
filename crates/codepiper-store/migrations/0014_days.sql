-- While days are made anew in another time zone: the first quarter of an hour that is not in them yet.
-- No row: all are.
CREATE TABLE usage_days_until (quarter INTEGER NOT NULL) STRICT;
