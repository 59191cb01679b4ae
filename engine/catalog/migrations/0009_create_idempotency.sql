-- Answers of requests with an Idempotency-Key, kept for 24 hours and committed with what the request wrote.
CREATE TABLE public.sl_idempotency (
  key       bytea NOT NULL,                         -- SHA-256 of endpoint, principal and key
  request   bytea NOT NULL,                         -- SHA-256 of what was asked
  status    int,                                    -- of the answer
  type      text,                                   -- its content type
  headers   text,                                   -- its further headers: [["Name", "value"]]
  body      bytea,                                  -- NULL where it was too large to keep
  kept_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sl_idempotency_pkey PRIMARY KEY (key)
);
CREATE INDEX sl_idempotency_kept_at ON public.sl_idempotency (kept_at);
