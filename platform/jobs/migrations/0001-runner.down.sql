drop table platform.job_runner;
