import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { addressViewOf } from '../address-view.ts'
import { SavedAddressView } from '../schema.ts'
import type { ChooseDefault } from './choose-default.ts'

export const chooseDefaultRoute =
  ({ chooseDefault }: Readonly<{ chooseDefault: ChooseDefault }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Make a saved address the default',
      params: IdParams,
      body: NoBody,
      response: { 200: SavedAddressView },
    }
    http.put('/auth/me/addresses/:id/default', { schema, config: { access: 'user' } }, async (request, reply) => {
      const id = request.params.id.toLowerCase()
      const outcome = await chooseDefault({ user_id: userOf(request.caller).user_id, id })
      return isRefusal(outcome) ? refuse(reply, outcome) : addressViewOf(outcome.address)
    })
  }
