import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { AlertParams, AlertView } from '../schema.ts'
import { alertViewOf } from '../view.ts'
import { maxAlerts, type AddAlert, type AddAlertOutcome, type DeleteAlert } from './edit-alerts.ts'

const answers = {
  'in-stock': answer(409, 'The variant is in stock already.', 'Этот вариант уже есть в наличии.'),
  'email-needed': answer(409, 'Add an e-mail to your account first.', 'Сначала добавьте в профиль электронную почту.'),
  'too-many-alerts': answer(
    409,
    `You already have ${maxAlerts} subscriptions. Cancel one first.`,
    `У вас уже ${maxAlerts} подписок. Сначала отмените одну из них.`,
  ),
} satisfies Record<ReasonOf<AddAlertOutcome>, Answer>

const path = '/catalog/variants/:id/alerts/:kind'
const tags = ['catalog']
const config = { access: 'user' } as const
const params = AlertParams

const addSchema = {
  tags,
  summary: 'Get one e-mail when a variant is back in stock, or costs less than today',
  params,
  body: NoBody,
  response: { 200: AlertView, ...problemsOf(answers) },
}
const deleteSchema = { tags, summary: 'Cancel a subscription to a variant', params, response: { 204: Type.Null() } }

export const editAlertsRoutes =
  ({ addAlert, deleteAlert }: Readonly<{ addAlert: AddAlert; deleteAlert: DeleteAlert }>): Routes =>
  (http) => {
    http.put(path, { schema: addSchema, config }, async ({ caller, params, locale }, reply) => {
      const { user_id, email } = userOf(caller)
      const outcome = await addAlert({ user_id, email, locale, variant_id: params.id.toLowerCase(), kind: params.kind })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return alertViewOf(outcome.alert)
    })
    http.delete(path, { schema: deleteSchema, config }, async ({ caller, params }, reply) => {
      const { user_id } = userOf(caller)
      const outcome = await deleteAlert({ user_id, variant_id: params.id.toLowerCase(), kind: params.kind })
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return reply.code(204).send(null)
    })
  }
