-- What becomes of a request that no rule matches; NULL: what the daemon's setting says.
ALTER TABLE sessions ADD COLUMN default_policy_action TEXT;
