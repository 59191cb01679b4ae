CREATE TABLE authors (
  id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  url  text NOT NULL
);
CREATE TABLE comments (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  post       text NOT NULL,
  nick       text NOT NULL,
  email      text,
  content    text NOT NULL,
  likes      int NOT NULL DEFAULT 0,
  status     text NOT NULL DEFAULT 'approved' CHECK (status IN ('waiting', 'approved', 'spam')),
  author_id  bigint REFERENCES authors,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON comments (post, created_at DESC, id DESC);
CREATE INDEX ON comments (author_id);
