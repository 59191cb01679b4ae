-- The definitions that an endpoint has had, the present one among them: the last hundred. They go with the endpoint.
CREATE TABLE public.sl_endpoint_versions (
  endpoint_id int NOT NULL CONSTRAINT sl_endpoint_versions_endpoint_id REFERENCES public.sl_endpoints (id) ON DELETE CASCADE,
  revision    bigint NOT NULL,                      -- of the project when the endpoint was made so
  name        text COLLATE "C" NOT NULL,            -- of the endpoint then
  definition  json NOT NULL,
  at          timestamptz,                          -- NULL: before versions were kept
  actor       text NOT NULL DEFAULT '',             -- as in sl_audit; '' where at is NULL
  CONSTRAINT sl_endpoint_versions_pkey PRIMARY KEY (endpoint_id, revision)
);
INSERT INTO public.sl_endpoint_versions (endpoint_id, revision, name, definition)
SELECT id, revision, name, definition FROM public.sl_endpoints;
