drop table platform.audit;
drop function platform.refuse_audit_change();
