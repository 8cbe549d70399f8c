import { join } from 'node:path'
import { openPool } from '#platform/db'
import { logJobs } from '#platform/events'
import { httpJobs } from '#platform/http'
import { runJobs } from '#platform/jobs'
import { fileMail, smtpMail, type MailTransport } from '#platform/mail'
import { sagaJobs, watchTimeouts } from '#platform/saga'
import type { Logs } from '#platform/telemetry'
import { seconds } from '#platform/values'
import type { App } from './app.ts'
import type { Config } from './config/config.ts'

type End = () => Promise<void>

/**
 * Starts the jobs, the timeouts of sagas and the lasting work of the modules. Returns a function that ends them. When a part
 * does not start, those that have started end: one that stayed would keep the process alive.
 */
export async function startBackground(app: App, logs: Logs): Promise<End> {
  const started: End[] = []
  const end = async () => void (await Promise.all(started.map((part) => part())))
  try {
    started.push(await startJobs(app, logs))
    started.push(startTimeouts(app, logs))
    for (const { name, background = [] } of app.modules)
      for (const part of background) started.push(await part.start(logs(name)))
    return end
  } catch (error) {
    await end()
    throw error
  }
}

async function startJobs(app: App, logs: Logs): Promise<End> {
  const { concurrency } = app.config.jobs
  const pool = openPool({ url: app.url, size: 2, overflow: concurrency, name: 'posad-jobs' })
  try {
    const jobs = await runJobs({ pool, jobs: allJobs(app, logs), concurrency, log: logs('jobs') })
    return async () => {
      await jobs.stop()
      await pool.end()
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

const allJobs = ({ db, config, modules, mail }: App, logs: Logs) => [
  ...modules.flatMap((module) => module.jobs ?? []),
  ...logJobs({ db, log: logs('events') }),
  ...sagaJobs({ db }),
  ...httpJobs({ db, retention: config.http.idempotencyTtl }),
  mail.job({ transport: mailTransportOf(config), log: logs('mail') }),
]

const mailTransportOf = ({ mail, app }: Config): MailTransport =>
  mail.kind === 'smtp' ? smtpMail(mail) : fileMail({ directory: join(app.directory, 'mail'), from: mail.from })

function startTimeouts({ db, now, modules }: App, logs: Logs): End {
  const log = logs('posad')
  const { stop } = watchTimeouts({
    db,
    sagas: modules.flatMap((module) => module.sagas ?? []),
    now,
    interval: seconds(1),
    onError: (error) => log.error({ err: error }, 'the timeout of a saga failed'),
  })
  return stop
}
