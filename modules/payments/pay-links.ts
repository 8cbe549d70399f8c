/** The links to payment pages. Their token shows that a visitor got the link from the shop or from its buyer. */
export type PayLinks = Readonly<{
  /** The path of the page with its token, or of one of its buttons. */
  pathOf: (subject_id: string, button?: string) => string
  /** Costs one HMAC and no query, whatever the id is. */
  isValid: (subject_id: string, token: string | undefined) => boolean
}>
