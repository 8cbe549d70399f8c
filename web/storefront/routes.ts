import { cartPage } from './pages/cart.tsx'
import { checkoutPage } from './pages/checkout.tsx'
import { homePage } from './pages/home.tsx'
import { listPages } from './pages/list.tsx'
import { missingPage } from './pages/missing.tsx'
import { offlinePage } from './pages/offline.tsx'
import { linkedOrderPage, orderPage } from './pages/order.tsx'
import { productPage } from './pages/product.tsx'
import { accessPage } from './pages/account/access.tsx'
import { dataPage } from './pages/account/data.tsx'
import { deletedPage } from './pages/account/deleted.tsx'
import { accountPage } from './pages/account/orders.tsx'
import { profilePage } from './pages/account/profile.tsx'
import { emailVerifyPage } from './pages/email-verify.tsx'
import { passwordForgotPage } from './pages/password-forgot.tsx'
import { passwordResetPage } from './pages/password-reset.tsx'
import { registerPage } from './pages/register.tsx'
import { signInPage } from './pages/sign-in.tsx'
import { trackPage } from './pages/track.tsx'

/** The pages of the storefront. */
export const routes = [
  homePage,
  ...listPages,
  productPage,
  cartPage,
  checkoutPage,
  linkedOrderPage,
  orderPage,
  trackPage,
  signInPage,
  registerPage,
  passwordForgotPage,
  passwordResetPage,
  emailVerifyPage,
  accountPage,
  profilePage,
  accessPage,
  dataPage,
  deletedPage,
  offlinePage,
]

export { missingPage, offlinePage }
