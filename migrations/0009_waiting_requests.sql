-- A waiting request outlives its application, so that the person who comes back to it reads that
-- the application was deleted. The row is deleted a day after it expired, as before.
-- Without this reference, deleting an application locks no waiting request.
alter table interactions drop constraint interactions_client_id_fkey;
