import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { authBodyLimit } from '../../schema.ts'
import { maxAddresses } from '../address.ts'
import { addressViewOf } from '../address-view.ts'
import { addressAnswers } from '../answers.ts'
import { SaveAddressBody, SavedAddressView } from '../schema.ts'
import type { AddAddress, AddAddressOutcome } from './add-address.ts'

const answers = {
  ...addressAnswers,
  'too-many-addresses': answer(
    409,
    `You already have ${maxAddresses} addresses. Delete one first.`,
    `У вас уже ${maxAddresses} адресов. Сначала удалите один из них.`,
  ),
} satisfies Record<ReasonOf<AddAddressOutcome>, Answer>

export const addAddressRoute =
  ({ addAddress }: Readonly<{ addAddress: AddAddress }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Save a delivery address',
      description: `The first one is the default. An account has ${maxAddresses} addresses at most.`,
      body: SaveAddressBody,
      response: { 200: SavedAddressView, 201: SavedAddressView, ...problemsOf(answers) },
    }
    const repeat = 'Finds the saved address, and adds none.'
    const config = { access: 'user', bodyLimit: authBodyLimit, repeat } as const
    http.post('/auth/me/addresses', { schema, config }, async (request, reply) => {
      const outcome = await addAddress(userOf(request.caller).user_id, request.body)
      if (isRefusal(outcome)) return refuse(reply, outcome, answers)
      return reply.code(outcome.kind === 'added' ? 201 : 200).send(addressViewOf(outcome.address))
    })
  }
