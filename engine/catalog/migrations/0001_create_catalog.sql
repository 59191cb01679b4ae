-- Definitions. Their columns of type json keep the text as it was written: the order of names matters.
CREATE TABLE public.sl_projects (
  id         int GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_projects_pkey PRIMARY KEY,
  name       text COLLATE "C" NOT NULL CONSTRAINT sl_projects_name UNIQUE,
  settings   json NOT NULL DEFAULT '{}',            -- timezone, language, public, defaults
  revision   bigint NOT NULL DEFAULT 1,             -- +1 with each change of a definition
  role_name  text COLLATE "C",                      -- the role that may use the views; NULL: it could not be made
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.sl_tables (
  id            int GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_tables_pkey PRIMARY KEY,
  project_id    int NOT NULL CONSTRAINT sl_tables_project_id REFERENCES public.sl_projects (id),
  name          text COLLATE "C" NOT NULL,
  position      int NOT NULL,
  definition    json NOT NULL,                      -- without the fields
  revision      bigint NOT NULL,                    -- of the project when the table or one of its fields last changed
  view_name     text COLLATE "C",                   -- the view as it stands; NULL: none yet
  view_columns  json NOT NULL DEFAULT '[]',         -- of that view: [[name, key], …]
  view_wanted   bigint NOT NULL DEFAULT 0,          -- the revision that the view has to follow
  view_revision bigint NOT NULL DEFAULT 0,          -- the revision that the view shows
  view_format   int NOT NULL DEFAULT 0,             -- the program's way of making views when it was made
  view_note     text NOT NULL DEFAULT '',           -- what keeps the view from being as defined
  CONSTRAINT sl_tables_name UNIQUE (project_id, name) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX sl_tables_pending ON public.sl_tables (project_id) WHERE view_revision < view_wanted;

CREATE TABLE public.sl_fields (
  id         int GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_fields_pkey PRIMARY KEY,
  table_id   int NOT NULL CONSTRAINT sl_fields_table_id REFERENCES public.sl_tables (id) ON DELETE CASCADE,
  key        text COLLATE "C" NOT NULL CONSTRAINT sl_fields_key_form CHECK (key ~ '^[A-Za-z][A-Za-z0-9]{7}$'),
  name       text COLLATE "C" NOT NULL,
  position   int NOT NULL,
  definition json NOT NULL,
  dropped_at timestamptz,                           -- its values stay in the records until they are purged
  purge_at   timestamptz,                           -- asked for; the row goes with the last value
  purged_id  bigint NOT NULL DEFAULT 0,             -- the last record that was purged
  CONSTRAINT sl_fields_key UNIQUE (table_id, key)
);
CREATE INDEX sl_fields_purge ON public.sl_fields (purge_at) WHERE purge_at IS NOT NULL;

CREATE TABLE public.sl_endpoints (
  id         int GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_endpoints_pkey PRIMARY KEY,
  project_id int NOT NULL CONSTRAINT sl_endpoints_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  name       text COLLATE "C" NOT NULL,
  position   int NOT NULL,
  definition json NOT NULL,
  revision   bigint NOT NULL,
  CONSTRAINT sl_endpoints_name UNIQUE (project_id, name) DEFERRABLE INITIALLY DEFERRED
);

-- Indexes that definitions ask for, and those that they no longer do but that are still there.
CREATE TABLE public.sl_indexes (
  table_id   int NOT NULL CONSTRAINT sl_indexes_table_id REFERENCES public.sl_tables (id) ON DELETE CASCADE,
  name       text COLLATE "C" NOT NULL,
  keys       text[] NOT NULL,                       -- of the fields
  kind       text NOT NULL,
  definition text NOT NULL,                         -- what stands behind ON in CREATE INDEX
  wanted     boolean NOT NULL DEFAULT true,
  state      text NOT NULL CONSTRAINT sl_indexes_state CHECK (state IN ('none', 'building', 'valid', 'failed')),
  detail     json,                                  -- of a failure: {error, duplicates}
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sl_indexes_pkey PRIMARY KEY (table_id, name)
);
CREATE INDEX sl_indexes_pending ON public.sl_indexes (table_id) WHERE state IN ('none', 'building') OR NOT wanted;

-- Tables that are no longer defined and whose leaf and view wait to be dropped.
CREATE TABLE public.sl_dropped_tables (
  id         int CONSTRAINT sl_dropped_tables_pkey PRIMARY KEY,
  project_id int NOT NULL CONSTRAINT sl_dropped_tables_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  name       text NOT NULL,
  view_name  text COLLATE "C",
  keys       text[] NOT NULL DEFAULT '{}',          -- of its fields: some may have had a sequence
  note       text NOT NULL DEFAULT ''               -- what keeps them from being dropped
);

-- Records. Partitioned by project, then by table: see the package relation.
CREATE SEQUENCE public.sl_record_id;
CREATE TABLE public.sl_records (
  id         bigint NOT NULL DEFAULT nextval('public.sl_record_id'),
  uid        text COLLATE "C" NOT NULL,
  version    int NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  project_id int NOT NULL,
  table_id   int NOT NULL,
  data       jsonb NOT NULL CONSTRAINT sl_records_object CHECK (jsonb_typeof(data) = 'object')
) PARTITION BY LIST (project_id);

-- The canonical text of a datetime as a time, NULL for anything else. The text names its offset, so the cast depends on no setting.
CREATE FUNCTION public.sl_time(t text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF t ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$'
    AND public.sl_date(left(t, 10)) IS NOT NULL
  THEN
    RETURN t::timestamptz;
  END IF;
  RETURN NULL;
END
$$;

-- The canonical text of a date as a date, NULL for anything else.
CREATE FUNCTION public.sl_date(t text) RETURNS date LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  d int;
BEGIN
  IF t !~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' OR left(t, 4) = '0000' THEN
    RETURN NULL;
  END IF;
  d := right(t, 2)::int;
  IF d > 28 AND d > extract(day FROM make_date(left(t, 4)::int, substr(t, 6, 2)::int, 1) + interval '1 month' - interval '1 day') THEN
    RETURN NULL;
  END IF;
  RETURN make_date(left(t, 4)::int, substr(t, 6, 2)::int, d);
END
$$;

-- A new uid: 20 characters of base 32, of which 9 are milliseconds since 1970.
CREATE FUNCTION public.sl_uid() RETURNS text LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$
DECLARE
  digits constant text := '0123456789abcdefghijklmnopqrstuv';
  ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  noise bytea := decode(replace(gen_random_uuid()::text, '-', ''), 'hex');
  uid text := '';
BEGIN
  FOR i IN REVERSE 8..0 LOOP
    uid := uid || substr(digits, ((ms >> (5 * i)) & 31)::int + 1, 1);
  END LOOP;
  FOR i IN 0..15 LOOP -- the bytes 6 and 8 of a random UUID hold its version
    CONTINUE WHEN i IN (4, 5, 6, 8, 9);
    uid := uid || substr(digits, (get_byte(noise, i) & 31) + 1, 1);
  END LOOP;
  RETURN uid;
END
$$;
