import { userOf } from '#platform/access'
import { problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { authBodyLimit } from '../../schema.ts'
import { addressViewOf } from '../address-view.ts'
import { addressAnswers } from '../answers.ts'
import { SaveAddressBody, SavedAddressView } from '../schema.ts'
import type { ChangeAddress, ChangeAddressOutcome } from './change-address.ts'

const answers = addressAnswers satisfies Record<ReasonOf<ChangeAddressOutcome>, Answer>

export const changeAddressRoute =
  ({ changeAddress }: Readonly<{ changeAddress: ChangeAddress }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Replace a saved address',
      params: IdParams,
      body: SaveAddressBody,
      response: { 200: SavedAddressView, ...problemsOf(answers) },
    }
    const config = { access: 'user', bodyLimit: authBodyLimit } as const
    http.put('/auth/me/addresses/:id', { schema, config }, async ({ caller, params, body }, reply) => {
      const id = params.id.toLowerCase()
      const outcome = await changeAddress({ user_id: userOf(caller).user_id, id, parts: body })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : addressViewOf(outcome.address)
    })
  }
