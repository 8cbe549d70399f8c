import type { Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { MailQueue } from '#platform/mail'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogDb } from '../store/tables.ts'
import { addAlert } from './add-alert/add-alert.ts'
import { addAlertRoute } from './add-alert/route.ts'
import { deleteAlert } from './delete-alert/delete-alert.ts'
import { deleteAlertRoute } from './delete-alert/route.ts'
import { deleteCustomer } from './delete-customer/delete-customer.ts'
import { deleteCustomerSubscription } from './delete-customer/subscriber.ts'
import { exportAlerts, listAlerts } from './list-alerts/query.ts'
import { listAlertsRoute } from './list-alerts/route.ts'
import { moveAlerts } from './move-alerts/move-alerts.ts'
import { moveAlertsSubscriptions } from './move-alerts/subscriber.ts'
import { sendAlertsJob } from './send-alerts/job.ts'
import { sendAlerts, type MailboxesOf } from './send-alerts/send-alerts.ts'
import { unsubscribeByLinkRoute } from './unsubscribe-by-link/route.ts'
import { isLink, unsubscribeByLink } from './unsubscribe-by-link/unsubscribe-by-link.ts'

/** The sending of e-mails about variants. */
export type Letters = Readonly<{
  mailboxesOf: MailboxesOf
  mail: Pick<MailQueue, 'send'>
  /** The address of the shop for people. */
  origin: () => string
}>

type Needs = Readonly<{ db: CatalogDb; now: Clock; letters: Letters }>

type Alerts = Readonly<{
  exportAlerts: CatalogApi['exportAlerts']
  routes: readonly Routes[]
  pages: readonly Routes[]
  subscriptions: readonly Subscription[]
  jobs: readonly Job[]
}>

/** Subscriptions of customers to one e-mail about a variant. */
export const alerts = ({ db, now, letters }: Needs): Alerts => ({
  exportAlerts: exportAlerts(db),
  routes: [
    addAlertRoute({ addAlert: addAlert({ db, now }) }),
    deleteAlertRoute({ deleteAlert: deleteAlert(db) }),
    listAlertsRoute({ listAlerts: listAlerts(db) }),
  ],
  pages: [unsubscribeByLinkRoute({ isLink: isLink(db), unsubscribeByLink: unsubscribeByLink(db) })],
  subscriptions: [deleteCustomerSubscription({ deleteCustomer }), ...moveAlertsSubscriptions({ moveAlerts })],
  jobs: [sendAlertsJob({ sendAlerts: sendAlerts({ db, ...letters }) })],
})
