-- expand, outside a transaction
-- The version of a list was a sum over all of its counters. Of those that are compacted, one row a list has it.
create index concurrently if not exists list_changes_versions on list_changes (list)
  where compacted and changes <> 0;
