-- Saved views: what the panel shows of a table, under a name that is also a file name.
CREATE TABLE public.sl_saved_views (
  id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_saved_views_pkey PRIMARY KEY,
  table_id   int NOT NULL CONSTRAINT sl_saved_views_table_id REFERENCES public.sl_tables (id) ON DELETE CASCADE,
  name       text COLLATE "C" NOT NULL,
  owner      text COLLATE "C" NOT NULL DEFAULT '',  -- who alone sees it: 'administrator 3', 'token x'; '' is everybody
  author     text NOT NULL,                         -- who saved it last
  definition json NOT NULL,                         -- filter, sort, columns, by the names of fields
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sl_saved_views_name UNIQUE (table_id, owner, name)
);
