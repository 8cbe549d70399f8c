drop table msg.job_runner;
