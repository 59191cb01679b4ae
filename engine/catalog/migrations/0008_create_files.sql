-- Files in records. The bytes are in the blob store; a row of sl_blobs says which object holds which content of a project. The row is
-- there before the object and goes before it, so no object is ever unknown.
CREATE TABLE public.sl_blobs (
  object     text COLLATE "C" CONSTRAINT sl_blobs_pkey PRIMARY KEY, -- its key in the store
  project_id int NOT NULL,                          -- perhaps of a project that is gone
  sha256     bytea,                                 -- NULL while the upload is under way
  size       bigint NOT NULL DEFAULT 0,             -- bytes
  type       text NOT NULL DEFAULT '',              -- media type, by the content
  thumbs     int NOT NULL DEFAULT 0,                -- kept in the store beside it
  touched_at timestamptz NOT NULL DEFAULT now(),    -- when somebody last brought this content
  CONSTRAINT sl_blobs_content UNIQUE (project_id, sha256)
);
CREATE INDEX sl_blobs_touched_at ON public.sl_blobs (touched_at);

-- Which record holds which content. A content that is in use cannot go: the foreign key holds it, against a collection that runs at
-- the same time too.
CREATE TABLE public.sl_file_uses (
  table_id   int NOT NULL CONSTRAINT sl_file_uses_table_id REFERENCES public.sl_tables (id) ON DELETE CASCADE,
  record_id  bigint NOT NULL,
  key        text COLLATE "C" NOT NULL,             -- of the field
  sha256     bytea NOT NULL,
  project_id int NOT NULL,
  CONSTRAINT sl_file_uses_pkey PRIMARY KEY (table_id, record_id, key, sha256),
  CONSTRAINT sl_file_uses_blob FOREIGN KEY (project_id, sha256) REFERENCES public.sl_blobs (project_id, sha256)
);
CREATE INDEX sl_file_uses_content ON public.sl_file_uses (project_id, sha256);

-- Objects whose rows are gone and that wait to be deleted from the store.
CREATE TABLE public.sl_dropped_blobs (
  object text COLLATE "C" CONSTRAINT sl_dropped_blobs_pkey PRIMARY KEY
);

-- One row for all servers: the key that signs links, and when a server last began to collect.
CREATE TABLE public.sl_file_state (
  one          boolean CONSTRAINT sl_file_state_pkey PRIMARY KEY DEFAULT true CONSTRAINT sl_file_state_one CHECK (one),
  link_key     bytea NOT NULL,
  collected_at timestamptz NOT NULL DEFAULT '-infinity'
);

-- The files in a record's data: under each key an object {name, size, type, sha256}, or an array of them.
CREATE FUNCTION public.sl_files_of(data jsonb, keys text[]) RETURNS TABLE (key text, sha256 bytea) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT k.key, decode(f.file->>'sha256', 'hex')
  FROM unnest(keys) k (key), jsonb_array_elements(
    CASE jsonb_typeof(data->k.key) WHEN 'array' THEN data->k.key WHEN 'object' THEN jsonb_build_array(data->k.key) ELSE '[]'::jsonb END) f (file)
  WHERE f.file->>'sha256' ~ '^[0-9a-f]{64}$'
$$;

-- Keeps sl_file_uses: statement triggers call it on the leaf of each table that has, or had, a file field, with the ids of project
-- and table. Fields that were dropped count until they are purged.
CREATE FUNCTION public.sl_track_files() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _project int := TG_ARGV[0];
  _table int := TG_ARGV[1];
  _keys text[];
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.sl_file_uses u USING _old o WHERE u.table_id = _table AND u.record_id = o.id;
    RETURN NULL;
  END IF;
  _keys := ARRAY(SELECT f.key FROM public.sl_fields f WHERE f.table_id = _table AND f.definition->>'type' = 'file');
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM public.sl_file_uses u USING _new n
    WHERE u.table_id = _table AND u.record_id = n.id
      AND NOT EXISTS (SELECT FROM public.sl_files_of(n.data, _keys) f WHERE f.key = u.key AND f.sha256 = u.sha256);
  END IF;
  INSERT INTO public.sl_file_uses (table_id, record_id, key, sha256, project_id)
  SELECT _table, n.id, f.key, f.sha256, _project FROM _new n, public.sl_files_of(n.data, _keys) f
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
