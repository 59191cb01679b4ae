-- Live mounts: see the package mounted.
CREATE TABLE public.sl_mounts (
  id        text COLLATE "C" CONSTRAINT sl_mounts_pkey PRIMARY KEY, -- random
  project   text COLLATE "C" NOT NULL,              -- a name; '' is all
  directory text NOT NULL,
  host      text NOT NULL,
  pid       int NOT NULL,
  kind      text NOT NULL,                          -- of the principal it acts as
  actor     text NOT NULL,
  read_only boolean NOT NULL,
  version   text NOT NULL,                          -- of the program
  began_at  timestamptz NOT NULL DEFAULT now(),
  seen_at   timestamptz NOT NULL DEFAULT now()      -- its last heartbeat
);
