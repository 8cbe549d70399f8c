/** The pages of the account: one file, which the browser reads when the first of them is opened. */
export { AccessPage } from './access.tsx'
export { AddressesPage } from './addresses.tsx'
export { DataPage } from './data.tsx'
export { DeletedPage } from './deleted.tsx'
export { OrdersPage } from './orders.tsx'
export { ProfilePage } from './profile.tsx'
