-- Tokens of captchas that have served, by their hash, until they would have expired anyway.
CREATE TABLE public.sl_used_captchas (
  key        bytea CONSTRAINT sl_used_captchas_pkey PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sl_used_captchas_expires_at ON public.sl_used_captchas (expires_at);

-- Keys that all servers of this database share, sealed as secrets are.
CREATE TABLE public.sl_server_keys (
  name   text COLLATE "C" CONSTRAINT sl_server_keys_pkey PRIMARY KEY,
  sealed bytea NOT NULL,
  key_id bytea NOT NULL                             -- which key sealed it
);
