-- Which server has taken up which revision: who applies a definition waits for all of them. Losing it in a crash loses nothing.
CREATE UNLOGGED TABLE public.sl_listeners (
  server   text COLLATE "C" NOT NULL,               -- a random name, anew with each start
  project  text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  heard_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sl_listeners_pkey PRIMARY KEY (server, project)
);
