import { integer, settings, withDefault } from '#platform/config'

/** The settings of the job runner. */
export const jobSettings = settings({
  title: 'Jobs',
  variables: {
    WORKER_CONCURRENCY: withDefault(integer(1, 100), '4', 'Jobs that one process runs at the same time.'),
  },
  read: (values) => ({ concurrency: values.WORKER_CONCURRENCY }),
})
