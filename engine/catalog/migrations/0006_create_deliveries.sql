-- What is to be sent, and what became of it. A row of the outbox commits with the write that caused it: a ready message of an endpoint,
-- or a record that was written to a table with on_write. The package job makes deliveries of them, whose jobs lie in the schema sl_job.
CREATE TABLE public.sl_outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_outbox_pkey PRIMARY KEY,
  at         timestamptz(3) NOT NULL DEFAULT now(),
  project_id int NOT NULL,
  table_id   int,                                   -- of a written record; NULL for messages
  op         text,                                  -- INSERT, UPDATE, DELETE
  before     jsonb,                                 -- the rows of the leaf
  after      jsonb,
  messages   json                                   -- an array
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1);

CREATE TABLE public.sl_deliveries (
  seq          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_deliveries_pkey PRIMARY KEY,
  id           text COLLATE "C" NOT NULL CONSTRAINT sl_deliveries_id UNIQUE,
  project_id   int NOT NULL CONSTRAINT sl_deliveries_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  source       text NOT NULL,                       -- endpoint, table
  name         text COLLATE "C" NOT NULL,           -- of the source when it was made
  step         int NOT NULL,                        -- its place in the onion, or in on_write
  kind         text NOT NULL,                       -- webhook, email
  event        text NOT NULL DEFAULT '',
  record       text COLLATE "C",                    -- uid
  lane         text COLLATE "C",                    -- those of one lane go out in order
  target       text NOT NULL DEFAULT '',
  message      json,
  state        text NOT NULL CONSTRAINT sl_deliveries_state CHECK (state IN ('waiting', 'retrying', 'done', 'dead', 'cancelled')),
  attempts     int NOT NULL DEFAULT 0,              -- since it was made or replayed
  replays      int NOT NULL DEFAULT 0,
  max_attempts int NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  next_at      timestamptz(3),                      -- of the next attempt
  expires_at   timestamptz(3) NOT NULL,             -- no attempt begins later
  finished_at  timestamptz(3),
  status       int,                                 -- of the last answer: of HTTP or SMTP
  error        text NOT NULL DEFAULT '',
  job_id       bigint,                              -- in sl_job.river_job
  held_by      int                                  -- the server that makes an attempt, by the number of its lock
);
CREATE INDEX sl_deliveries_project ON public.sl_deliveries (project_id, seq DESC);
CREATE INDEX sl_deliveries_unfinished ON public.sl_deliveries (project_id, state, seq) WHERE state IN ('waiting', 'retrying', 'dead');
CREATE INDEX sl_deliveries_lane ON public.sl_deliveries (lane, seq) WHERE state = 'waiting' AND lane IS NOT NULL;
CREATE INDEX sl_deliveries_finished ON public.sl_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE public.sl_delivery_attempts (
  delivery   bigint NOT NULL CONSTRAINT sl_delivery_attempts_delivery REFERENCES public.sl_deliveries (seq) ON DELETE CASCADE,
  at         timestamptz(3) NOT NULL,
  ms         int NOT NULL,
  status     int,
  error      text NOT NULL DEFAULT '',
  response   text NOT NULL DEFAULT ''               -- its beginning
);
CREATE INDEX sl_delivery_attempts_delivery ON public.sl_delivery_attempts (delivery, at);

-- The row trigger of leaves whose table has on_write.
CREATE FUNCTION public.sl_on_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.sl_outbox (project_id, table_id, op, after) VALUES (NEW.project_id, NEW.table_id, TG_OP, to_jsonb(NEW));
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO public.sl_outbox (project_id, table_id, op, before, after) VALUES (NEW.project_id, NEW.table_id, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
  ELSE
    INSERT INTO public.sl_outbox (project_id, table_id, op, before) VALUES (OLD.project_id, OLD.table_id, TG_OP, to_jsonb(OLD));
  END IF;
  RETURN NULL;
END
$$;
