drop table ordering.return_lines;
drop table ordering.returns;
alter table ordering.lines drop column returned_quantity, drop column returned_amount;
