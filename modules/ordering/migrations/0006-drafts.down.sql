drop table ordering.drafts;
