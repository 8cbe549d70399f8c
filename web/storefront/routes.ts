import { cartPage } from './pages/cart.tsx'
import { faqPage } from './pages/faq.tsx'
import { homePage } from './pages/home.tsx'
import { listPages } from './pages/list.tsx'
import { missingPage } from './pages/missing.tsx'
import { offlinePage } from './pages/offline.tsx'
import { productPage } from './pages/product.tsx'
import { reviewsPage } from './pages/reviews.tsx'
import { purchaseRoutes } from './pages/purchase-routes.ts'
import { accountRoutes } from './pages/account/routes.ts'
import { emailVerifyPage } from './pages/email-verify.tsx'
import { passwordForgotPage } from './pages/password-forgot.tsx'
import { passwordResetPage } from './pages/password-reset.tsx'
import { registerPage } from './pages/register.tsx'
import { signInPage } from './pages/sign-in.tsx'

/** The pages of the storefront. */
export const routes = [
  homePage,
  ...listPages,
  productPage,
  reviewsPage,
  faqPage,
  cartPage,
  ...purchaseRoutes,
  signInPage,
  registerPage,
  passwordForgotPage,
  passwordResetPage,
  emailVerifyPage,
  ...accountRoutes,
  offlinePage,
]

export { missingPage, offlinePage }
