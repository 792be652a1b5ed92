-- expand
-- Apart from 0041, whose lock on grants would last until all rows are read.
alter table grants validate constraint grants_revocation_reason_check;
