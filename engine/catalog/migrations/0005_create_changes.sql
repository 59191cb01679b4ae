-- Which tables changed, for caches: see the package change. Losing it in a crash loses nothing, since every reader then begins anew.
CREATE UNLOGGED TABLE public.sl_changes (
  id       bigint GENERATED ALWAYS AS IDENTITY,
  xid      xid8 NOT NULL,                           -- of the transaction that changed the table
  table_id int NOT NULL,
  CONSTRAINT sl_changes_pkey PRIMARY KEY (id)
);
CREATE INDEX sl_changes_xid ON public.sl_changes (xid);

-- The tables whose leaf notes its changes there, and since which transaction.
CREATE TABLE public.sl_watches (
  table_id int,
  since    xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT sl_watches_pkey PRIMARY KEY (table_id),
  CONSTRAINT sl_watches_table FOREIGN KEY (table_id) REFERENCES public.sl_tables ON DELETE CASCADE
);

-- The trigger of watched leaves; its argument is the table's id. A transaction notes a table once: what it noted is kept in a setting of
-- its own, which a rollback to a savepoint takes back together with the row.
CREATE FUNCTION public.sl_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  xid constant xid8 := pg_current_xact_id(); -- before the row gets its id: readers rely on that order
  noted constant text := 'sayrud.changed_' || TG_ARGV[0];
BEGIN
  IF current_setting(noted, true) IS DISTINCT FROM xid::text THEN
    INSERT INTO public.sl_changes (xid, table_id) VALUES (xid, TG_ARGV[0]::int);
    PERFORM set_config(noted, xid::text, true);
  END IF;
  RETURN NULL;
END
$$;
