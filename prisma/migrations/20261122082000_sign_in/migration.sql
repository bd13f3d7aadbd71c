-- Who may sign in, who is signed in, tokens of programs, and from where an audited event came. Of passwords, session ids,
-- tokens and links only hashes are here: whoever reads the database cannot sign in with what it holds.

-- People known to this installation. Local ones have their rights here; those of an issuer have their groups, and what a group
-- may do is read from the configuration at every request.
CREATE TABLE app_user (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- local | oidc
  kind text NOT NULL,
  name text NOT NULL,
  issuer text,
  subject text,
  -- file (sluice.yaml rules it) | page | setup (the first administrator) | issuer
  origin text NOT NULL,
  -- Null until a password was chosen through a link.
  password_hash text,
  roles text[] NOT NULL DEFAULT '{}',
  -- Null = every cluster / every team; empty = none.
  clusters text[],
  teams text[],
  groups text[] NOT NULL DEFAULT '{}',
  is_disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  signed_in_at timestamptz
);
CREATE UNIQUE INDEX app_user_name ON app_user (lower(name));
CREATE UNIQUE INDEX app_user_subject ON app_user (issuer, subject) WHERE issuer IS NOT NULL;

CREATE TABLE user_session (
  id_hash bytea PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  -- Moved at most once a minute; idle sessions end by it.
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  address text
);
CREATE INDEX user_session_user ON user_session (user_id);
CREATE INDEX user_session_expires ON user_session (expires_at);

-- One-time links with which a person chooses a password.
CREATE TABLE password_link (
  token_hash bytea PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX password_link_user ON password_link (user_id);

CREATE TABLE api_token (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  -- The first characters, so that a token found somewhere can be told.
  prefix text NOT NULL,
  roles text[] NOT NULL,
  clusters text[],
  teams text[],
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text
);
-- The name stands in the audit log as token:NAME; only one at a time may use it.
CREATE UNIQUE INDEX api_token_name ON api_token (lower(name)) WHERE revoked_at IS NULL;

-- Failed sign-ins by account, address and both. Keys are hashes: people type passwords into the wrong field.
CREATE TABLE sign_in_throttle (
  key bytea PRIMARY KEY,
  failures integer NOT NULL,
  window_at timestamptz NOT NULL
);

ALTER TABLE audit_event ADD COLUMN address text;
