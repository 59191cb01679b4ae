-- Administrators, their sessions and roles, tokens, the one-time setup link. Secrets are stored as hashes only.
CREATE TABLE public.sl_administrators (
  id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_administrators_pkey PRIMARY KEY,
  email         text COLLATE "C" NOT NULL CONSTRAINT sl_administrators_email UNIQUE
    CONSTRAINT sl_administrators_email_form CHECK (email = lower(email)),
  password_hash text NOT NULL,
  role          text,                               -- in the instance; NULL is none
  disabled      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.sl_administrator_roles (
  administrator_id bigint NOT NULL CONSTRAINT sl_administrator_roles_administrator_id REFERENCES public.sl_administrators (id) ON DELETE CASCADE,
  project_id       int NOT NULL CONSTRAINT sl_administrator_roles_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  role             text NOT NULL,
  CONSTRAINT sl_administrator_roles_pkey PRIMARY KEY (administrator_id, project_id)
);

CREATE TABLE public.sl_sessions (
  hash             bytea CONSTRAINT sl_sessions_pkey PRIMARY KEY,
  administrator_id bigint NOT NULL CONSTRAINT sl_sessions_administrator_id REFERENCES public.sl_administrators (id) ON DELETE CASCADE,
  created_at       timestamptz NOT NULL DEFAULT now(),
  seen_at          timestamptz NOT NULL DEFAULT now(),
  expires_at       timestamptz NOT NULL,
  address          text NOT NULL DEFAULT '',
  agent            text NOT NULL DEFAULT ''
);
CREATE INDEX sl_sessions_administrator ON public.sl_sessions (administrator_id);
CREATE INDEX sl_sessions_expires_at ON public.sl_sessions (expires_at);

CREATE TABLE public.sl_setup_links (
  hash       bytea CONSTRAINT sl_setup_links_pkey PRIMARY KEY,
  expires_at timestamptz NOT NULL
);

CREATE TABLE public.sl_tokens (
  id           text COLLATE "C" CONSTRAINT sl_tokens_pkey PRIMARY KEY,
  hash         bytea NOT NULL,
  name         text NOT NULL,
  project_id   int CONSTRAINT sl_tokens_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE, -- NULL is the instance
  role         text NOT NULL,
  scopes       text[] NOT NULL DEFAULT '{}',        -- empty is all
  created_by   text NOT NULL DEFAULT '',
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz,                         -- NULL is never
  last_used_at timestamptz
);

CREATE TABLE public.sl_audit (
  id      bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_audit_pkey PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  kind    text NOT NULL DEFAULT '',                 -- of the actor: administrator, token, …
  actor   text NOT NULL DEFAULT '',
  project text COLLATE "C" NOT NULL DEFAULT '',     -- a name, which outlives the project; '' is the instance
  action  text NOT NULL,
  target  text NOT NULL DEFAULT '',
  detail  json,
  address text NOT NULL DEFAULT ''
);
CREATE INDEX sl_audit_project ON public.sl_audit (project, id);

-- Buckets of rate limits, shared by all servers. Losing them in a crash of PostgreSQL only fills them.
CREATE UNLOGGED TABLE public.sl_rate_limits (
  key     bytea CONSTRAINT sl_rate_limits_pkey PRIMARY KEY,
  tokens  double precision NOT NULL,
  leased  double precision NOT NULL,                -- by leases of this epoch
  before  double precision NOT NULL,                -- by leases of the epoch before
  granted double precision NOT NULL,
  epoch   bigint NOT NULL,
  at      double precision NOT NULL,
  full_at double precision NOT NULL
) WITH (fillfactor = 70);
