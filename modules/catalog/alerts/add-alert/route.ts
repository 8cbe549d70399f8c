import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { NoBody } from '#platform/schema'
import { AlertParams, AlertView } from '../schema.ts'
import { alertViewOf } from '../view.ts'
import { maxAlerts, type AddAlert, type AddAlertOutcome } from './add-alert.ts'

const answers = {
  'in-stock': answer(409, 'The variant is in stock already.', 'Этот вариант уже есть в наличии.'),
  'email-needed': answer(409, 'Add an e-mail to your account first.', 'Сначала добавьте в профиль электронную почту.'),
  'too-many-alerts': answer(
    409,
    `You already have ${maxAlerts} subscriptions. Cancel one first.`,
    `У вас уже ${maxAlerts} подписок. Сначала отмените одну из них.`,
  ),
} satisfies Record<ReasonOf<AddAlertOutcome>, Answer>

const schema = {
  tags: ['catalog'],
  summary: 'Get one e-mail when a variant is back in stock, or costs less than today',
  params: AlertParams,
  body: NoBody,
  response: { 200: AlertView, ...problemsOf(answers) },
}

export const addAlertRoute =
  ({ addAlert }: Readonly<{ addAlert: AddAlert }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.put('/catalog/variants/:id/alerts/:kind', { schema, config }, async ({ caller, params, locale }, reply) => {
      const { user_id, email } = userOf(caller)
      const outcome = await addAlert({ user_id, email, locale, variant_id: params.id.toLowerCase(), kind: params.kind })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : alertViewOf(outcome.alert)
    })
  }
