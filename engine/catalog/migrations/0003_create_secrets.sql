-- Values of secrets that definitions refer to, sealed with the key of --secret-key-file. Definitions hold references only.
CREATE TABLE public.sl_secrets (
  project_id int NOT NULL CONSTRAINT sl_secrets_project_id REFERENCES public.sl_projects (id) ON DELETE CASCADE,
  use        text COLLATE "C" NOT NULL,             -- which setting of which middleware: "captcha.secret"
  reference  text COLLATE "C" NOT NULL,             -- "env:NAME", "file:PATH", "stored:ID"
  sealed     bytea NOT NULL,
  key_id     bytea NOT NULL,                        -- which key sealed it
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sl_secrets_pkey PRIMARY KEY (project_id, use, reference)
);
