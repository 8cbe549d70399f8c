/** The pages from the checkout on: one file, which the browser reads when the first of them is opened. */
export { CheckoutPage } from './checkout.tsx'
export { LinkedOrderPage, OrderPage } from './order.tsx'
export { TrackPage } from './track.tsx'
