-- What requests did: see the package traffic. A row counts the requests of an endpoint in a minute or, later on, an hour, over all servers.
-- Rows are changed every few seconds, which stays in their page as no index names what changes.
CREATE TABLE public.sl_traffic (
  project_id int NOT NULL CONSTRAINT sl_traffic_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  span       smallint NOT NULL,                     -- minutes: 1 or 60
  at         timestamptz(0) NOT NULL,               -- its beginning
  endpoint   text COLLATE "C" NOT NULL,             -- its name; '': the path of the request had none; '*': trials
  requests   bigint NOT NULL,
  refused    bigint NOT NULL,                       -- of those, answered 4xx
  failed     bigint NOT NULL,                       -- and 5xx
  bytes      bigint NOT NULL,                       -- of the answers' bodies
  micros     bigint NOT NULL,                       -- all durations together
  h00        bigint NOT NULL DEFAULT 0,            -- how many took up to each bound of traffic.bounds
  h01        bigint NOT NULL DEFAULT 0,
  h02        bigint NOT NULL DEFAULT 0,
  h03        bigint NOT NULL DEFAULT 0,
  h04        bigint NOT NULL DEFAULT 0,
  h05        bigint NOT NULL DEFAULT 0,
  h06        bigint NOT NULL DEFAULT 0,
  h07        bigint NOT NULL DEFAULT 0,
  h08        bigint NOT NULL DEFAULT 0,
  h09        bigint NOT NULL DEFAULT 0,
  h10        bigint NOT NULL DEFAULT 0,
  h11        bigint NOT NULL DEFAULT 0,
  h12        bigint NOT NULL DEFAULT 0,
  h13        bigint NOT NULL DEFAULT 0,
  h14        bigint NOT NULL DEFAULT 0,
  h15        bigint NOT NULL DEFAULT 0,
  h16        bigint NOT NULL DEFAULT 0,
  h17        bigint NOT NULL DEFAULT 0,
  h18        bigint NOT NULL DEFAULT 0,
  h19        bigint NOT NULL DEFAULT 0,
  h20        bigint NOT NULL DEFAULT 0,
  h21        bigint NOT NULL DEFAULT 0,
  h22        bigint NOT NULL DEFAULT 0,
  h23        bigint NOT NULL DEFAULT 0,
  h24        bigint NOT NULL DEFAULT 0,
  h25        bigint NOT NULL DEFAULT 0,
  h26        bigint NOT NULL DEFAULT 0,
  h27        bigint NOT NULL DEFAULT 0,
  CONSTRAINT sl_traffic_pkey PRIMARY KEY (project_id, span, at, endpoint)
) WITH (fillfactor = 70);

-- Remarkable requests, and a sample of the others.
CREATE TABLE public.sl_requests (
  id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sl_requests_pkey PRIMARY KEY, -- in the order of the commits
  project_id int NOT NULL CONSTRAINT sl_requests_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  sample     boolean NOT NULL,                      -- it was neither slow nor refused nor did it fail
  at         timestamptz(3) NOT NULL,               -- when it was answered
  endpoint   text COLLATE "C" NOT NULL,             -- '': its path had none
  method     text NOT NULL,
  route      text NOT NULL,                         -- of the endpoint
  path       text NOT NULL,                         -- below /api/<project>, without secrets
  status     smallint NOT NULL,
  micros     bigint NOT NULL,
  bytes      bigint NOT NULL,
  ip         text NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  principal  text NOT NULL,                         -- its kind; '': anonymous
  code       text NOT NULL,                         -- of an error
  cause      text NOT NULL                          -- of an error, as the server's log has it
);
CREATE INDEX sl_requests_project ON public.sl_requests (project_id, id);
CREATE INDEX sl_requests_sample ON public.sl_requests (project_id, sample, id);
