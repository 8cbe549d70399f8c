import type { Routes } from '#platform/http'
import type { Auth } from '../auth/open-auth.ts'
import { addAddress } from './add-address/add-address.ts'
import { addAddressRoute } from './add-address/route.ts'
import { changeAddress } from './change-address/change-address.ts'
import { changeAddressRoute } from './change-address/route.ts'
import { chooseDefault } from './choose-default/choose-default.ts'
import { chooseDefaultRoute } from './choose-default/route.ts'
import { deleteAddress } from './delete-address/delete-address.ts'
import { deleteAddressRoute } from './delete-address/route.ts'
import { listAddresses } from './list-addresses/query.ts'
import { listAddressesRoute } from './list-addresses/route.ts'

type Needs = Pick<Auth, 'db' | 'now'>

/** The delivery addresses that users save. */
export const addresses = (needs: Needs): Readonly<{ routes: readonly Routes[] }> => ({
  routes: [
    listAddressesRoute({ listAddresses: listAddresses(needs) }),
    addAddressRoute({ addAddress: addAddress(needs) }),
    changeAddressRoute({ changeAddress: changeAddress(needs) }),
    chooseDefaultRoute({ chooseDefault: chooseDefault(needs) }),
    deleteAddressRoute({ deleteAddress: deleteAddress(needs) }),
  ],
})
