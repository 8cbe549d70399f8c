import { Type } from 'typebox'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { WebhookView } from '../schema.ts'
import type { ReceiveWebhook, ReceiveWebhookOutcome } from './receive-webhook.ts'

const answers = {
  'bad-signature': answer(401, 'The signature does not match the body.', 'Подпись не соответствует телу запроса.'),
  'malformed-webhook': answer(
    400,
    'The webhook does not contain its id or the id of its payment.',
    'В уведомлении нет его id или id платежа.',
  ),
  'charge-differs': answer(
    409,
    'The provider reports another amount or currency for this payment. Compare them by hand.',
    'Провайдер сообщает другую сумму или валюту этого платежа. Сверьте их вручную.',
  ),
  'provider-unavailable': answer(
    503,
    'The provider does not answer. Send the webhook again.',
    'Провайдер не отвечает. Отправьте уведомление ещё раз.',
  ),
} satisfies Record<ReasonOf<ReceiveWebhookOutcome>, Answer>

/** Not in the API document: the provider describes the body, and clients of the shop never send it. */
const schema = {
  hide: true,
  params: Type.Object({ provider: Type.String({ minLength: 1, maxLength: 50 }) }),
  body: Type.Object({}),
  response: { 200: WebhookView, ...problemsOf(answers) },
}

export const receiveWebhookRoute =
  ({ receiveWebhook }: Readonly<{ receiveWebhook: ReceiveWebhook }>): Routes =>
  (http) => {
    const config = {
      access: 'anyone',
      ignoresToken: true,
      tolerant: true,
      repeat: 'A known webhook changes nothing.',
    } as const
    http.post('/payments/webhooks/:provider', { schema, config }, async (request, reply) => {
      const { headers, rawBody: body = Buffer.alloc(0) } = request
      const outcome = await receiveWebhook(request.params.provider, { headers, body })
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      const { payment_id, result } = outcome
      return { payment_id, result }
    })
  }
